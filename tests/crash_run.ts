import type { AcceptedRun } from "@/lib/engine/journal.ts";
import type { FrameBody } from "@/lib/wire/frame.ts";

/** The run of an id: both sides of the crash test know what it must hold. */
export function runOf(id: string): AcceptedRun {
  return {
    id,
    session: "s".repeat(40),
    demo: "/crash",
    action: "go",
    page: "/crash",
    input: { text: `text of ${id}` },
  };
}

/** What the run of an id says. */
export function framesOf(id: string): FrameBody[] {
  return [
    { type: "started", action: "go" },
    { type: "output", action: "go", values: { out: id }, mode: "set" },
    { type: "output", action: "go", values: { out: "!".repeat(id.length * 20) }, mode: "append" },
    { type: "done", outcome: "done", ms: 1 },
  ];
}
