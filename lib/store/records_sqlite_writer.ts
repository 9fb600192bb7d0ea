/**
 * The writing half of `sqliteStore()`, in a worker of its own: an fsync takes milliseconds during which nothing else
 * runs in its thread. It answers one request at a time.
 */
import { connect } from "./records_schema.ts";
import { SqliteWriter, type WriterReply, type WriterRequest } from "./sqlite_writer.ts";

let writer: SqliteWriter | undefined;

function answer(request: WriterRequest): WriterReply {
  if (request.type === "open") {
    const { path, maxBytes, files } = request;
    writer = new SqliteWriter(() => connect(path, { maxBytes }), files);
    return writer.open();
  }
  switch (request.type) {
    case "write":
      return writer?.write(request.commits, request.nowMs) ?? { type: "done" };
    case "sweep":
      return writer?.sweep(request.nowMs) ?? { type: "done" };
    case "close":
      writer?.close();
      return { type: "done" };
  }
}

self.addEventListener("message", ({ data }: MessageEvent<WriterRequest>) => {
  const reply = answer(data);
  self.postMessage(reply);
  // On a full disk it would take the room that the next commit finds.
  if (reply.type !== "failed") writer?.checkpoint();
});
