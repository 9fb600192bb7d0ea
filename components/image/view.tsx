import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import type { FileRef } from "@/lib/value/file_ref.ts";
import type { FieldStatus, ViewProps } from "@/lib/value/page.ts";
import { aria, Frame, nameOf } from "@/components/ui/frame.tsx";
import { Icon } from "@/components/ui/icon.tsx";
import { IconButton } from "@/components/ui/icon_button.tsx";

/** What the view of an image reads of its props. */
export interface ImageProps {
  readonly size: "sm" | "md" | "lg";
  readonly placeholder?: string | undefined;
  readonly buttons: readonly ("download" | "fullscreen")[];
}

const TYPES = "image/png,image/jpeg,image/gif,image/webp,image/avif";

/** A picture, and the place to click, drop or paste one. Both have the same height, so that nothing moves. */
export function ImageView(view: ViewProps<ImageProps, FileRef | null>): VNode | null {
  const { id, props, value, interactive, set, raise, upload } = view;
  const [sending, setSending] = useState<FieldStatus | null>(null);
  const going = useRef<AbortController>();
  const framed = { ...view, status: sending ?? view.status };
  const name = nameOf(view);

  const take = async (files: FileList | null | undefined) => {
    const file = Array.from(files ?? []).find(({ type }) => TYPES.includes(type || "?"));
    if (!file) {
      if (files?.length) {
        setSending({ phase: "failed", message: "Only PNG, JPEG, GIF, WebP and AVIF pictures" });
      }
      return;
    }
    if (!set || !upload) return;
    going.current?.abort();
    const { signal } = going.current = new AbortController();
    setSending({ phase: "running", progress: 0 });
    try {
      const sent = await upload(file, {
        signal,
        progress: (progress) => signal.aborted || setSending({ phase: "running", progress }),
      });
      if (signal.aborted) return;
      setSending(null);
      set(sent);
      raise?.("upload");
    } catch (fault) {
      // Another picture, or none, was chosen meanwhile: nobody waits for this one
      if (!signal.aborted) setSending({ phase: "failed", message: (fault as Error).message });
    }
  };
  const handle = (transfer: DataTransfer | null, event: Event) => {
    if (!interactive || !transfer?.types.includes("Files")) return;
    event.preventDefault();
    take(transfer.files);
  };

  return (
    <Frame view={framed} group={!interactive}>
      <div
        class="at-pic"
        id={interactive ? undefined : id}
        data-size={props.size}
        onDragOver={(event) => interactive && event.preventDefault()}
        onDrop={(event) => handle(event.dataTransfer, event)}
        onPaste={(event) => handle(event.clipboardData, event)}
      >
        {value ? <img src={value.url} alt={name} /> : (
          <span class="at-hint">
            <Icon d="M2 3h12v10H2zM2 11l3.5-3.5 3 3 2-2L14 12M10.5 6h0" />
            {interactive ? props.placeholder ?? "Drop or paste a picture, or click to choose" : null}
          </span>
        )}
        {interactive && (
          <input
            {...aria(framed)}
            id={id}
            name={id}
            type="file"
            accept={TYPES}
            onChange={({ currentTarget }) => {
              take(currentTarget.files);
              if (set) currentTarget.value = "";
            }}
          />
        )}
        {/* Without script the picture that was sent before goes along with the form again. */}
        {interactive && value && <input type="hidden" name={id} value={JSON.stringify(value)} />}
        {value && (
          <span class="at-tools">
            {props.buttons.includes("download") && (
              <a
                class="at-icon-btn"
                href={`${value.url}?download`}
                download={value.name}
                aria-label={`Download ${name}`}
                title="Download"
              >
                <Icon d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11" />
              </a>
            )}
            {props.buttons.includes("fullscreen") && (
              <IconButton
                label="Fullscreen"
                d="M6 2.5H2.5V6M10 2.5h3.5V6M6 13.5H2.5V10M10 13.5h3.5V10"
                onClick={({ currentTarget }) => {
                  if (document.fullscreenElement) document.exitFullscreen();
                  else currentTarget.closest(".at-pic")?.requestFullscreen?.();
                }}
              />
            )}
            {interactive && set && (
              <IconButton
                label="Remove image"
                d="M3.5 3.5l9 9M12.5 3.5l-9 9"
                onClick={() => {
                  going.current?.abort();
                  setSending(null);
                  set(null);
                  raise?.("clear");
                }}
              />
            )}
          </span>
        )}
      </div>
    </Frame>
  );
}
