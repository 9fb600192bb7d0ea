import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { SANDBOX_URL } from "@/lib/value/sandbox.ts";

/** What a {@linkcode Sandbox} is given. */
export interface SandboxProps {
  readonly id: string;
  /** Active markup, whoever wrote it. */
  readonly html: string;
  /** What is in it, for the reader. */
  readonly title: string;
  readonly size: "sm" | "md" | "lg";
}

/**
 * Active markup in a frame of an origin of its own, which reaches neither this page nor anything else. A `srcdoc` would
 * be under this page's policy, which runs no inline script; so the frame is an empty document of the server's, with a
 * policy of its own, that is handed the markup once. Each new markup needs a new document.
 */
export function Sandbox({ id, html, title, size }: SandboxProps): VNode {
  const ref = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const frame = ref.current;
    if (!frame) return;
    // Its origin is opaque, so there is no name for whom this is meant.
    frame.onload = () => frame.contentWindow?.postMessage(html, "*");
    frame.src = SANDBOX_URL;
  }, [html]);
  return (
    <iframe
      ref={ref}
      id={id}
      class="at-sandbox"
      data-size={size}
      title={title}
      sandbox="allow-scripts"
      referrerpolicy="no-referrer"
    />
  );
}
