import assert from "node:assert/strict";
import { copyProject } from "@/tests/copied.ts";
import { startServer } from "@/tests/server.ts";

Deno.test("A traced event tells each phase as a child of its request's span, and holds nothing that people sent", async () => {
  await using copy = await copyProject("tests/e2e/operations_routes");
  // A span of the app's own round each request, as Fresh makes one.
  await Deno.writeTextFile(
    new URL("routes/_middleware.ts", copy.root),
    `import { trace } from "@opentelemetry/api";
    const tracer = trace.getTracer("app");
    export default (ctx) => tracer.startActiveSpan("handler", (span) => ctx.next().finally(() => span.end()));`,
  );
  await using collector = collect();
  await using server = await startServer({
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.base,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_METRIC_EXPORT_INTERVAL: "3600000",
  }, copy.root);
  const html = await (await fetch(`${server.base}/work`)).text();
  const session = /name="\$session" value="([^"]+)"/.exec(html)?.[1] ?? "";
  const answer = await fetch(`${server.base}/work`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: "Bearer secret-header",
      cookie: "a=secret-cookie",
    },
    body: JSON.stringify({ action: "wait", input: { ms: 5, note: "secret-value" }, session }),
  });
  assert.match(await answer.text(), /waited secret-value/);
  // What is left is sent when the server ends.
  assert.equal(await server.end(), 0);

  const spans = collector.spans();
  const request = spans.find(({ name, scope }) => scope === "deno" && /^POST/.test(name));
  assert.ok(request, "there is no span of the request");
  const phases = spans.filter(({ scope, traceId }) => scope === "atoll" && traceId === request.traceId);
  assert.deepEqual(phases.map(({ name }) => name).sort(), ["decode", "encode", "gate", "handler", "queue"]);
  for (const { name, parentSpanId, attributes } of phases) {
    assert.equal(parentSpanId, request.spanId, name);
    const { "atoll.run": run, ...rest } = attributes;
    if (name === "gate") assert.deepEqual(attributes, {});
    else {
      assert.match(run ?? "", /^[\w-]{24}$/);
      assert.deepEqual(rest, { "atoll.page": "/work", "atoll.action": "wait" }, name);
    }
  }
  const inOrder = [...phases].sort((a, b) => a.start < b.start ? -1 : 1).map(({ name }) => name);
  assert.deepEqual(inOrder, ["gate", "queue", "decode", "handler", "encode"]);
  const of = (name: string) => phases.find((span) => span.name === name) ?? assert.fail(name);
  assert.ok(of("handler").end - of("handler").start >= 5_000_000n, "the handler waited five milliseconds");
  assert.ok(of("gate").end <= of("queue").start, "the gate is behind it when the run begins");
  assert.equal(request.attributes["http.route"], "/work");
  for (const secret of ["secret-", session]) assert.ok(!collector.text().includes(secret), secret);
});

Deno.test("Without OTEL_DENO nothing of the tracing is loaded", async () => {
  await using copy = await copyProject("tests/e2e/operations_routes");
  await Deno.writeTextFile(new URL("lib/ops/traces.ts", copy.root), 'throw new Error("it was loaded");\n');
  await using server = await startServer({}, copy.root);
  assert.equal(await (await fetch(`${server.base}/healthz`)).text(), '{"status":"ok"}');
});

interface Span {
  readonly scope: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Readonly<Record<string, string>>;
}

interface Traces {
  resourceSpans: {
    scopeSpans: {
      scope: { name: string };
      spans: {
        name: string;
        traceId: string;
        spanId: string;
        parentSpanId: string;
        startTimeUnixNano: string;
        endTimeUnixNano: string;
        attributes: { key: string; value: { stringValue?: string } }[];
      }[];
    }[];
  }[];
}

/** Takes what OpenTelemetry's exporters send, as JSON over HTTP. */
function collect(): AsyncDisposable & { base: string; text: () => string; spans: () => Span[] } {
  const bodies: { path: string; text: string }[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    assert.equal(request.headers.get("content-type"), "application/json");
    bodies.push({ path: new URL(request.url).pathname, text: await request.text() });
    return Response.json({});
  });
  const traces = () => bodies.filter(({ path }) => path === "/v1/traces");
  return {
    base: `http://127.0.0.1:${server.addr.port}`,
    // Also the log, which is exported too.
    text: () => bodies.map(({ text }) => text).join("\n"),
    spans: () =>
      traces().flatMap(({ text }) => (JSON.parse(text) as Traces).resourceSpans)
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap(({ scope, spans }) =>
          spans.map((span) => ({
            scope: scope.name,
            name: span.name,
            traceId: span.traceId,
            spanId: span.spanId,
            parentSpanId: span.parentSpanId,
            start: BigInt(span.startTimeUnixNano),
            end: BigInt(span.endTimeUnixNano),
            attributes: Object.fromEntries(
              span.attributes.map(({ key, value }) => [key, value.stringValue ?? ""]),
            ),
          }))
        ),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
