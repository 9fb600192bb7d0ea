import assert from "node:assert/strict";
import { readSettings } from "./settings.ts";

const read = (env: Record<string, string>) => readSettings((name) => env[name]);

Deno.test("readSettings() listens to this machine only, and has all that tells of the inside off", () => {
  const { host, port, names, dev, metrics, traces, log, logRequests, drainMs } = read({});
  assert.deepEqual(
    { host, port, names, dev, metrics, traces, log, logRequests, drainMs },
    {
      host: "127.0.0.1",
      port: 8000,
      names: [],
      dev: false,
      metrics: false,
      traces: false,
      log: "text",
      logRequests: false,
      drainMs: 25_000,
    },
  );
});

Deno.test("readSettings() takes what operators set", () => {
  const { metrics, traces, log, logRequests, drainMs, names } = read({
    ATOLL_METRICS: "1",
    OTEL_DENO: "true",
    ATOLL_LOG: "json",
    ATOLL_LOG_REQUESTS: "1",
    ATOLL_DRAIN_SECONDS: "0",
    ATOLL_HOSTS: " A.example ,,b.example",
  });
  assert.deepEqual(
    { metrics, traces, log, logRequests, drainMs, names },
    {
      metrics: true,
      traces: true,
      log: "json",
      logRequests: true,
      drainMs: 0,
      names: ["a.example", "b.example"],
    },
  );
});

Deno.test("readSettings() says of a wrong setting which it is and what would be right", () => {
  const wrong: Record<string, [value: string, message: RegExp]> = {
    PORT: ["65536", /PORT=65536: it must be a whole number from 0 to 65535/],
    ATOLL_METRICS: ["yes", /ATOLL_METRICS=yes: it must be 0 or 1/],
    ATOLL_LOG_REQUESTS: ["true", /ATOLL_LOG_REQUESTS=true: it must be 0 or 1/],
    ATOLL_DEV: ["on", /ATOLL_DEV=on: it must be 0 or 1/],
    ATOLL_LOG: ["xml", /ATOLL_LOG=xml: it must be text or json/],
    ATOLL_DRAIN_SECONDS: ["-1", /ATOLL_DRAIN_SECONDS=-1: it must be a whole number/],
    ATOLL_CONCURRENCY: ["0", /ATOLL_CONCURRENCY=0: it must be a whole number from 1/],
  };
  for (const [name, [value, message]] of Object.entries(wrong)) {
    assert.throws(() => read({ [name]: value }), (error: unknown) => {
      assert.ok(error instanceof RangeError);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("readSettings() does not repeat a secret that is too short", () => {
  assert.throws(() => read({ ATOLL_SECRET: "hush" }), (error: unknown) => {
    assert.match(String(error), /ATOLL_SECRET.*32 characters/);
    assert.doesNotMatch(String(error), /hush/);
    return true;
  });
});
