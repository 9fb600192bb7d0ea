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

/** The variables of the theme that markup may use, as `var(--text)`. */
const THEME = "bg surface sunk line edge text soft accent strong on tint ok warn bad blush".split(" ");

/**
 * Active markup in a frame of an origin of its own, which reaches neither this page nor anything else. A `srcdoc` would
 * be under this page's policy, which runs no inline script; so the frame is an empty document of the server's, with a
 * policy of its own, that is handed the markup once. Each new markup, and each change of the theme, needs a new document.
 */
export function Sandbox({ id, html, title, size }: SandboxProps): VNode {
  const ref = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const frame = ref.current;
    if (!frame) return;
    const show = () => {
      // Its origin is opaque, so there is no name for whom this is meant.
      frame.onload = () => frame.contentWindow?.postMessage(themed(html), "*");
      frame.src = SANDBOX_URL;
    };
    show();
    const dark = matchMedia("(prefers-color-scheme:dark)");
    dark.addEventListener("change", show);
    return () => dark.removeEventListener("change", show);
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

/**
 * Markup with the theme of this page. A whole document gets the variables alone; what is no document gets the colours, a font
 * and room around it as well.
 */
function themed(html: string): string {
  const theme = getComputedStyle(document.documentElement);
  const variables = THEME.map((name) => `--${name}:${theme.getPropertyValue(`--${name}`)}`).join(";");
  const [start] = /^\s*(?:<!doctype[^>]*>)?/i.exec(html) as RegExpExecArray;
  if (start.trim() || /^\s*<html\b/i.test(html)) {
    return `${start}<style>:root{${variables}}</style>${html.slice(start.length)}`;
  }
  const look = "body{margin:12px;color:var(--text);font:14px/1.5 system-ui,sans-serif}a{color:var(--accent)}";
  return `<!doctype html><style>:root{color-scheme:${theme.colorScheme};${variables}}${look}</style>${html}`;
}
