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
 * first frame; `heard` is called whenever something came, be it a sign of life. Ends when the stream ends; rejects
 * when the connection breaks or the text is not of this protocol.
 */
export async function* readFrames(
  body: ReadableStream<Uint8Array>,
  run = "",
  heard?: () => void,
): AsyncGenerator<Frame, void, undefined> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard?.();
      rest += value;
      let start = 0;
      for (let end = rest.indexOf("\n\n"); end !== -1; end = rest.indexOf("\n\n", start)) {
        const event = rest.slice(start, end);
        start = end + 2;
        if (event.startsWith(":")) continue;
        const [id, text] = split(event);
        const slash = id.lastIndexOf("/");
        if (slash !== -1) run = id.slice(0, slash);
        const seq = Number(id.slice(slash + 1));
        yield { ...JSON.parse(text) as FrameBody, run, seq };
      }
      rest = rest.slice(start);
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
