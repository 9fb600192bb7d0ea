import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import type { FieldStatus, ViewProps } from "@/lib/value/page.ts";
import { aria, Frame, nameOf } from "@/components/ui/frame.tsx";
import { Icon } from "@/components/ui/icon.tsx";
import { IconButton } from "@/components/ui/icon_button.tsx";
import { KIND_BYTES, pictureKind } from "./kind.ts";
import type { PictureRef } from "./ref.ts";

/** What the view of an image reads of its props. */
export interface ImageProps {
  readonly size: "sm" | "md" | "lg";
  readonly alt?: string | undefined;
  readonly required?: boolean | undefined;
  readonly placeholder?: string | undefined;
  readonly buttons: readonly ("download" | "fullscreen")[];
}

// For the dialog that chooses a file: systems that do not know a type go by the ending of the name.
const ACCEPT =
  "image/png,image/jpeg,image/gif,image/webp,image/avif,.png,.apng,.jpg,.jpeg,.jfif,.gif,.webp,.avif";

/** The first picture of some files, by their bytes: systems have no type, or an own one, for some pictures. */
async function pick(files: readonly File[]): Promise<File> {
  for (const file of files) {
    // A folder is a file here that cannot be read.
    const head = await file.slice(0, KIND_BYTES).arrayBuffer().catch(() => new ArrayBuffer());
    if (pictureKind(new Uint8Array(head))) return file;
  }
  throw new Error(`"${files[0]?.name}" is not a PNG, JPEG, GIF, WebP or AVIF picture`);
}

/** A picture, and the place to click, drop or paste one. Both have the same height, so that nothing moves. */
export function ImageView(view: ViewProps<ImageProps, PictureRef | null>): VNode | null {
  const { id, props, value, interactive, set, raise, upload } = view;
  const [sending, setSending] = useState<FieldStatus | null>(null);
  const going = useRef<AbortController>();
  const place = useRef<HTMLDivElement>(null);
  const framed = { ...view, status: sending ?? view.status };
  const name = nameOf(view);

  const take = async (list: FileList | null | undefined) => {
    const files = Array.from(list ?? []);
    if (!files.length || !set || !upload) return;
    const own = new AbortController();
    const { signal } = own;
    const picked = pick(files).then((file) => {
      going.current?.abort();
      going.current = own;
      setSending({ phase: "running", progress: 0 });
      return file;
    });
    try {
      // Handed over before it is known to be a picture: an action that starts now waits for it.
      const sent = await upload(picked, {
        signal,
        progress: (progress) => signal.aborted || setSending({ phase: "running", progress }),
      });
      if (signal.aborted) return;
      setSending(null);
      set(sent);
      raise?.("upload");
    } catch (fault) {
      // Another picture, or none, was chosen meanwhile: nobody waits for this one
      if (signal.aborted) return;
      const { message } = fault as Error;
      setSending({ phase: "failed", message });
      view.say?.(`${name}: ${message}`);
    }
  };
  const handle = (transfer: DataTransfer | null, event: Event) => {
    if (!interactive || !transfer?.types.includes("Files")) return;
    event.preventDefault();
    take(transfer.files);
  };
  const tools = value && (
    <>
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
          onClick={() => {
            if (document.fullscreenElement) document.exitFullscreen();
            else place.current?.requestFullscreen?.();
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
    </>
  );

  return (
    <Frame view={framed} group={!interactive} tools={tools}>
      <div
        ref={place}
        class="at-pic"
        id={interactive ? undefined : id}
        data-size={props.size}
        onDragOver={(event) => interactive && event.preventDefault()}
        onDrop={(event) => handle(event.dataTransfer, event)}
        onPaste={(event) => handle(event.clipboardData, event)}
      >
        {value ? <img src={value.url} alt={value.alt ?? props.alt ?? name} /> : (
          <span class="at-hint">
            <Icon d="M2 3h12v10H2zM2 11l3.5-3.5 3 3 2-2L14 12M10.5 6h0" />
            {interactive
              ? props.placeholder ?? "Drop or paste a picture, or click to choose"
              : "No picture yet"}
          </span>
        )}
        {interactive && (
          <input
            {...aria(framed)}
            id={id}
            name={id}
            type="file"
            accept={ACCEPT}
            onChange={({ currentTarget }) => {
              take(currentTarget.files);
              if (set) currentTarget.value = "";
            }}
          />
        )}
        {/* Without script the picture that was sent before goes along with the form again. */}
        {interactive && value && <input type="hidden" name={id} value={JSON.stringify(value)} />}
      </div>
    </Frame>
  );
}
