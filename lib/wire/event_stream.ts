import type { Frame, FrameBody } from "./frame.ts";

/** Media type of a stream of frames. */
export const EVENT_STREAM = "text/event-stream; charset=utf-8";

/**
 * One frame as an event of an event stream. The run is named in the stream's first event and in each event id,
 * so a client that comes back can say where it was.
 */
export function writeFrame(body: FrameBody, run: string, seq: number): string {
  return seq === 1
    ? `id: ${run}/1\ndata: ${JSON.stringify(body)}\n\n`
    : `id: ${seq}\ndata: ${JSON.stringify(body)}\n\n`;
}

/**
 * Reads the frames of an event stream as they arrive. `run` names the run when the stream does not start at its
 * first frame. `heard` is called for everything that arrives, heartbeats included. Ends when the stream ends; rejects
 * when the connection breaks or the text is not of this protocol.
 */
export async function* readFrames(
  body: ReadableStream<Uint8Array>,
  run = "",
  heard?: () => void,
): AsyncGenerator<Frame, void, undefined> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  // Of an event that has no end yet. Its text is put together once, and only what is new is searched for the end.
  let pieces: string[] = [];
  // The end of an event may be cut in two: then its first half is searched again.
  let half = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard?.();
      const text = half + value;
      let start = 0;
      for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n", start)) {
        const event = pieces.join("") + text.slice(start, end);
        pieces = [];
        start = end + 2;
        if (event.startsWith(":")) continue;
        const [id, data] = split(event);
        const slash = id.lastIndexOf("/");
        if (slash !== -1) run = id.slice(0, slash);
        const seq = Number(id.slice(slash + 1));
        yield { ...JSON.parse(data) as FrameBody, run, seq };
      }
      half = start < text.length && text.endsWith("\n") ? "\n" : "";
      pieces.push(text.slice(start, text.length - half.length));
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function split(event: string): [id: string, data: string] {
  const line = event.indexOf("\n");
  if (!event.startsWith("id: ") || event.slice(line + 1, line + 7) !== "data: ") {
    throw new SyntaxError(`Cannot read event ${event.slice(0, 60)}`);
  }
  return [event.slice(4, line), event.slice(line + 7)];
}
