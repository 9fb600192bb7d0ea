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

Deno.test("readSettings() stops handlers after a minute, after what is set, or never", () => {
  assert.deepEqual(
    [{}, { ATOLL_RUN_SECONDS: "5" }, { ATOLL_RUN_SECONDS: "none" }].map((env) => read(env).runMs),
    [60_000, 5000, null],
  );
});

Deno.test("readSettings() says of a wrong setting which it is and what would be right", () => {
  const wrong: Record<string, [value: string, message: RegExp]> = {
    PORT: ["65536", /PORT=65536: it must be a whole number from 0 to 65535/],
    ATOLL_METRICS: ["yes", /ATOLL_METRICS=yes: it must be 0 or 1/],
    ATOLL_LOG_REQUESTS: ["true", /ATOLL_LOG_REQUESTS=true: it must be 0 or 1/],
    ATOLL_DEV: ["on", /ATOLL_DEV=on: it must be 0 or 1/],
    ATOLL_LOG: ["xml", /ATOLL_LOG=xml: it must be text or json/],
    ATOLL_UNREADY_SECONDS: [" ", /ATOLL_UNREADY_SECONDS= : it must be a whole number/],
    ATOLL_DRAIN_SECONDS: ["-1", /ATOLL_DRAIN_SECONDS=-1: it must be a whole number/],
    ATOLL_QUOTA: ["4 GiB", /ATOLL_QUOTA=4 GiB: it must be a whole number from 1/],
    ATOLL_QUOTA_FILES: ["0", /ATOLL_QUOTA_FILES=0: it must be a whole number from 1/],
    ATOLL_DISK: ["-1", /ATOLL_DISK=-1: it must be a whole number from 1/],
    ATOLL_KEEP_FILES: ["0", /ATOLL_KEEP_FILES=0: it must be a number of hours/],
    ATOLL_FILES_ORIGIN: ["files.example", /ATOLL_FILES_ORIGIN=files.example: it must be an origin such as/],
    ATOLL_RUN_SECONDS: ["0", /ATOLL_RUN_SECONDS=0: it must be a whole number from 1/],
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

Deno.test("readSettings() reads how many files are kept, for how long and where they are found", () => {
  const kept = (env: Record<string, string>) => {
    const { quotaBytes, quotaFiles, keepFilesMs, filesOrigin } = read(env);
    return [quotaBytes, quotaFiles, keepFilesMs, filesOrigin];
  };
  assert.deepEqual(kept({}), [2 ** 32, 10_000, 86_400_000, undefined]);
  assert.deepEqual(kept({ ATOLL_MAX_UPLOAD: "10" }).slice(0, 1), [40]);
  const env = {
    ATOLL_QUOTA: "5",
    ATOLL_QUOTA_FILES: "6",
    ATOLL_KEEP_FILES: "0.5",
    ATOLL_FILES_ORIGIN: "https://files.example:8443",
  };
  assert.deepEqual(kept(env), [5, 6, 1_800_000, "https://files.example:8443"]);
});

Deno.test("readSettings() takes no origin for files that is more than one, or the app's own", () => {
  const origins = [
    "ftp://x.example",
    "https://x.example/",
    "https://x.example/y",
    "https://a@x.example",
    "*",
  ];
  for (const origin of origins) {
    assert.throws(() => read({ ATOLL_FILES_ORIGIN: origin }), /it must be an origin/, origin);
  }
  const own = {
    ATOLL_HOSTS: "a.example,b.example",
    ATOLL_FILES_ORIGIN: "https://B.example:8443".toLowerCase(),
  };
  assert.throws(() => read(own), /b\.example is in ATOLL_HOSTS/);
  assert.equal(read({ ...own, ATOLL_HOSTS: "*" }).filesOrigin, "https://b.example:8443");
});

Deno.test("readSettings() does not repeat a secret that is too short", () => {
  assert.throws(() => read({ ATOLL_SECRET: "hush" }), (error: unknown) => {
    assert.match(String(error), /ATOLL_SECRET.*32 characters/);
    assert.doesNotMatch(String(error), /hush/);
    return true;
  });
});

Deno.test("readSettings() refuses names that no Host header could match, and says which would be right", () => {
  for (
    const [value, right] of [
      ["https://demos.example", "such as demos.example"],
      ["https://demos.example:8443/app", "such as demos.example"],
      ["demos.example:8443", "such as demos.example"],
      ["demos.example.", "such as demos.example"],
      ["a.example,demos.example/", "such as demos.example"],
      ["d\u00e9mos.example", "such as xn--dmos-bpa.example"],
      ["::1", "such as [::1]"],
      ["[0:0:0:0:0:0:0:1]", "such as [::1]"],
      ["*.example", "each of them whole, such as demos.example, or * for any name"],
      ["demos example", "each of them whole, such as demos.example, or * for any name"],
    ] as const
  ) {
    assert.throws(() => read({ ATOLL_HOSTS: value }), (error) => {
      assert.ok(error instanceof RangeError);
      assert.match(
        error.message,
        /^Cannot use ATOLL_HOSTS=\S.*: it must be names without scheme, port and path, /,
      );
      assert.ok(error.message.endsWith(right), error.message);
      return true;
    });
  }
  const names = ["demos.example", "10.0.0.5", "[2001:db8::1]", "*", "intranet"];
  assert.deepEqual(read({ ATOLL_HOSTS: names.join(", ") }).names, names);
});
