// deno-lint-ignore-file no-console -- what is printed is what is tested
import assert from "node:assert/strict";
import { captureConsole } from "./console.ts";
import { type Entry, log, logAs, type LogStyle } from "./log.ts";
import { logError } from "./log_error.ts";

Deno.test("log() writes one JSON object a line, with time, level and event", () => {
  const { out, err } = written("json", () => {
    log("info", "request", { method: "GET", path: "/", status: 200, ms: 3 });
    log("warn", "unready", { reasons: ["draining"] });
  });
  const [request] = out.map((line) => JSON.parse(line));
  assert.match(request.time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  delete request.time;
  assert.deepEqual(request, {
    level: "info",
    event: "request",
    method: "GET",
    path: "/",
    status: 200,
    ms: 3,
  });
  assert.deepEqual(JSON.parse(err[0] ?? "").reasons, ["draining"]);
});

Deno.test("log() writes nothing but the fields of its list", () => {
  const entry = { status: 200, cookie: "secret", headers: { authorization: "secret" }, body: "secret" };
  for (const style of ["json", "text"] as const) {
    const { out } = written(style, () => log("info", "request", entry as Entry));
    assert.match(out[0] ?? "", /200/);
    assert.doesNotMatch(out.join("\n"), /secret|cookie|headers|body/);
  }
});

Deno.test("log() keeps an entry on its line whatever the text, and JSON stays JSON", () => {
  const message = 'a\n{"level":"info"}\r\x1b[2J\x7f\x9b\u202e\u2028"\\';
  const { out } = written("json", () => log("info", "console", { message }));
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(out[0] ?? "", /[\x00-\x1f\x7f-\x9f\u2028\u202e]/);
  assert.match(JSON.parse(out[0] ?? "").message, /^a\\u000a\{"level":"info"\}/);
  const text = written("text", () => log("info", "request", { path: "/a\nforged" }));
  assert.deepEqual(text.out, ["request path=/a\\u000aforged"]);
});

Deno.test("logError() writes stack and causes as fields in JSON, under the id that it gives", () => {
  let id = "";
  const error = new TypeError("outer", { cause: new Error("inner") });
  const { err } = written("json", () => void (id = logError(error, "stray_error")));
  assert.equal(err.length, 1);
  const entry = JSON.parse(err[0] ?? "");
  assert.equal(entry.event, "stray_error");
  assert.equal(entry.id, id);
  assert.equal(entry.message, "TypeError: outer");
  assert.match(entry.stack[0], /^ {4}at /);
  assert.equal(entry.causes[0].message, "Error: inner");
});

Deno.test("logError() says by what a right that is missing is given", () => {
  const missing = (text: string) => {
    const error = Object.assign(new Error(text), { name: "NotCapable" });
    return JSON.parse(written("json", () => void logError(error)).err[0] ?? "").message;
  };
  assert.equal(
    missing('Requires net access to "api.example:443", run again with the --allow-net flag'),
    'NotCapable: Requires net access to "api.example:443". deno task start permits it by ATOLL_ALLOW_NET, ' +
      "a process of remote() by its permissions",
  );
  assert.match(
    missing('Requires read access to "/a", run again with the --allow-read flag'),
    /ATOLL_ALLOW_READ/,
  );
  assert.equal(missing("Something else"), "NotCapable: Something else");
});

Deno.test("What Deno says of a right that is missing ends with the flag that logError() replaces", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-config", "--no-prompt", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const code = 'try { Deno.readTextFileSync("/a") } catch ({ name, message }) { console.log(name, message) }';
  await new Response(code).body?.pipeTo(child.stdin);
  const { stdout } = await child.output();
  assert.match(
    new TextDecoder().decode(stdout),
    /^NotCapable .*, run again with the --allow-read flag\n$/,
  );
});

Deno.test("captureConsole() turns what is printed into entries in JSON, and leaves text as it is", () => {
  const print = () => {
    using _captured = captureConsole();
    console.log("%s was\nhere", "Ada");
    console.warn({ a: 1 });
  };
  const json = written("json", print);
  assert.equal(JSON.parse(json.out[0] ?? "").message, "Ada was\\u000ahere");
  assert.equal(JSON.parse(json.err[0] ?? "").level, "warn");
  const text = written("text", print);
  assert.deepEqual(text.out, ["%s was\nhere"]);
});

Deno.test("captureConsole() has an error that is printed and then reported once in the log", () => {
  const error = new Error("x\nerror 00000000: forged");
  const ids: string[] = [];
  const { err } = written("text", () => {
    using _captured = captureConsole();
    console.error(error);
    ids.push(logError(error));
    ids.push(logError(error));
  });
  assert.equal(err.length, 2);
  assert.deepEqual(err.map((lines) => /^error (\w{8}): Error: x\\u000aerror/.exec(lines)?.[1]), ids);
  assert.notEqual(ids[0], ids[1]);
});

Deno.test("captureConsole() gives the console back", () => {
  const { log, error } = console;
  {
    using _captured = captureConsole();
    assert.notEqual(console.log, log);
  }
  assert.equal(console.log, log);
  assert.equal(console.error, error);
});

function written(style: LogStyle, write: () => void): { out: string[]; err: string[] } {
  const { log: realLog, warn, error } = console;
  const out: string[] = [], err: string[] = [];
  console.log = (first: unknown) => void out.push(String(first));
  console.warn = console.error = (first: unknown) => void err.push(String(first));
  logAs(style);
  try {
    write();
  } finally {
    logAs("text");
    Object.assign(console, { log: realLog, warn, error });
  }
  return { out, err };
}
