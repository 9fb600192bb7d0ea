import { type Context, context, createContextKey, type Span, trace, type Tracer } from "@opentelemetry/api";
import type { Observed, Observer, Phase } from "@/lib/engine/observer.ts";

/** The span of a request's way to its run. It ends where the run begins, and only once. */
interface Gate {
  readonly span: Span;
  /** Where the request came in: its span is that of Deno, before the app has made any. */
  readonly outside: Context;
  open: boolean;
}

const GATE = createContextKey("atoll.gate");

/**
 * Spans for the phases of runs, below Deno's span of the request. `gate` lasts until the run is accepted. Each of
 * its actions has `queue`, `decode`, `handler` and `encode`. They name page, action and run, never a value.
 *
 * It goes by `@opentelemetry/api`, which Deno's built-in exporter is behind when `OTEL_DENO` is set.
 */
export class Traces implements Observer {
  readonly #tracer: Tracer = trace.getTracer("atoll");

  /** The answer to a request, within its `gate` span. */
  gate<T>(answer: () => Promise<T>): Promise<T> {
    const outside = context.active();
    const gate: Gate = { span: this.#tracer.startSpan("gate", {}, outside), outside, open: true };
    return context.with(outside.setValue(GATE, gate), async () => {
      try {
        return await answer();
      } finally {
        close(gate);
      }
    });
  }

  /** A span of that phase, until what it gives is called. */
  begin(phase: Phase, run: Observed): () => void {
    const gate = gateOf(context.active());
    if (gate) enter(gate, run);
    const attributes = { "atoll.page": run.page, "atoll.action": run.action, "atoll.run": run.id };
    const span = this.#tracer.startSpan(phase, { attributes }, gate?.outside ?? context.active());
    return () => span.end();
  }

  /** Notes on the request's span how its run ended, if that is still open. */
  ended(_run: Observed, outcome: "done" | "failed" | "cancelled"): void {
    const at = context.active();
    const span = trace.getSpan(gateOf(at)?.outside ?? at);
    if (span?.isRecording()) span.setAttribute("atoll.outcome", outcome);
  }
}

function gateOf(at: Context): Gate | undefined {
  return at.getValue(GATE) as Gate | undefined;
}

function enter(gate: Gate, { page }: Observed): void {
  if (!gate.open) return;
  close(gate);
  trace.getSpan(gate.outside)?.setAttribute("http.route", page);
}

function close(gate: Gate): void {
  if (!gate.open) return;
  gate.open = false;
  gate.span.end();
}
