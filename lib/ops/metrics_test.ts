import assert from "node:assert/strict";
import { fakeClock } from "@/lib/testing/clock.ts";
import { expose } from "./exposition.ts";
import { gauges } from "./gauges.ts";
import { Metrics } from "./metrics.ts";
import { observers } from "./observers.ts";

const run = { id: "r1", page: "/demos/greeter", action: "predict" };
const at = 'page="/demos/greeter",action="predict"';

Deno.test("Metrics tells how runs ended, how long they took, waited and worked", () => {
  const clock = fakeClock();
  const metrics = new Metrics(clock);
  const waited = metrics.begin("queue", run);
  clock.tick(2000);
  waited();
  const worked = metrics.begin("handler", run);
  clock.tick(40);
  worked();
  metrics.begin("decode", run)();
  metrics.ended(run, "done", 2041);
  metrics.ended(run, "failed", 1);
  const values = read(metrics.text());
  assert.equal(values.get(`atoll_runs_total{${at},outcome="done"}`), 1);
  assert.equal(values.get(`atoll_runs_total{${at},outcome="failed"}`), 1);
  assert.equal(values.get(`atoll_run_duration_seconds_count{${at}}`), 2);
  assert.equal(values.get(`atoll_run_duration_seconds_sum{${at}}`), 2.042);
  assert.equal(values.get(`atoll_run_duration_seconds_bucket{${at},le="0.001"}`), 1);
  assert.equal(values.get(`atoll_run_duration_seconds_bucket{${at},le="5"}`), 2);
  assert.equal(values.get(`atoll_queue_wait_seconds_bucket{${at},le="1"}`), 0);
  assert.equal(values.get(`atoll_queue_wait_seconds_bucket{${at},le="5"}`), 1);
  assert.equal(values.get(`atoll_handler_duration_seconds_sum{${at}}`), 0.04);
  assert.equal(values.get(`atoll_handler_duration_seconds_bucket{${at},le="+Inf"}`), 1);
});

Deno.test("Metrics counts what takes longer than its last bucket in +Inf alone", () => {
  const metrics = new Metrics(fakeClock());
  metrics.ended(run, "cancelled", 3_600_000);
  const values = read(metrics.text());
  assert.equal(values.get(`atoll_run_duration_seconds_bucket{${at},le="300"}`), 0);
  assert.equal(values.get(`atoll_run_duration_seconds_bucket{${at},le="+Inf"}`), 1);
});

Deno.test("Metrics keeps to so many pages and actions, however many visitors make up", () => {
  const metrics = new Metrics({ now: () => 0, most: 3 });
  for (let i = 0; i < 1000; i++) metrics.ended({ ...run, page: `/gallery/${i}` }, "done", 1);
  metrics.ended({ ...run, page: `/${"x".repeat(10_000)}` }, "done", 1);
  metrics.ended({ ...run, page: "/gallery/1" }, "done", 1);
  const runs = [...read(metrics.text())].filter(([name]) => name.startsWith("atoll_runs_total"));
  assert.deepEqual(runs.map(([, value]) => value), [1, 2, 1, 998]);
  assert.match(runs[3]?.[0] ?? "", /page="\(other\)",action="\(other\)"/);
});

Deno.test("gauges() tells of engine, event loop, strays and process", () => {
  const engine = { load: { busy: 2, waiting: 3, sessions: 5, streams: 6 } };
  const values = read(new Metrics(fakeClock()).text(gauges(engine, { lagMs: 1500 }, { count: 7 })));
  const told = [
    "runs_busy",
    "runs_waiting",
    "sessions",
    "streams_open",
    "event_loop_lag_seconds",
    "stray_errors_total",
  ];
  assert.deepEqual(told.map((name) => values.get(`atoll_${name}`)), [2, 3, 5, 6, 1.5, 7]);
  assert.ok((values.get("process_resident_memory_bytes") ?? 0) > 1e6);
  assert.equal(values.get("process_start_time_seconds"), performance.timeOrigin / 1000);
  const deno = Deno.version.deno;
  assert.equal(values.get(`atoll_build_info{build="none",deno="${deno}"}`), 1);
  assert.ok((values.get("process_cpu_seconds_total") ?? 0) > 0);
});

Deno.test("expose() escapes what would end a label or a line, and writes numbers as Prometheus reads them", () => {
  const text = expose([{
    name: "x",
    help: "a\\b\nc",
    type: "gauge",
    samples: [
      { labels: { page: 'a"b\\c\nd 1\n# TYPE y' }, value: Infinity },
      { labels: { page: "n" }, value: NaN },
      { value: 1e21 },
    ],
  }]);
  assert.equal(
    text,
    "# HELP x a\\\\b\\nc\n# TYPE x gauge\n" +
      'x{page="a\\"b\\\\c\\nd 1\\n# TYPE y"} +Inf\nx{page="n"} NaN\nx 1e+21\n',
  );
  read(text);
});

Deno.test("observers() tells all of them, and is nothing for none", () => {
  assert.equal(observers(), undefined);
  assert.equal(observers(undefined, undefined), undefined);
  const told: string[] = [];
  const one = (name: string) => ({
    begin: (phase: string) => (told.push(`${name} ${phase}`), () => void told.push(`${name} over`)),
    ended: (_: unknown, outcome: string, ms: number) => void told.push(`${name} ${outcome} ${ms}`),
  });
  const alone = one("a");
  assert.equal(observers(undefined, alone), alone);
  const both = observers(alone, one("b"));
  both?.begin("handler", run)();
  both?.ended(run, "done", 5);
  assert.deepEqual(told, ["a handler", "b handler", "a over", "b over", "a done 5", "b done 5"]);
});

/** Reads the text format and refuses whatever is not in it. Values by name and labels as they are written. */
function read(text: string): Map<string, number> {
  const values = new Map<string, number>();
  const types = new Map<string, string>();
  assert.ok(text.endsWith("\n"));
  let helped = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const help = /^# HELP ([a-z_]+) (?:[^\\\n]|\\\\|\\n)+$/.exec(line);
    if (help) {
      helped = help[1] ?? "";
      assert.ok(!types.has(helped), `${helped} is there twice`);
      continue;
    }
    const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line);
    if (type) {
      assert.equal(type[1], helped);
      types.set(helped, type[2] ?? "");
      continue;
    }
    const sample =
      /^(([a-z_]+)(?:\{[a-z]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z]+="(?:[^"\\\n]|\\["\\n])*")*\})?) (\S+)$/.exec(
        line,
      );
    assert.ok(sample, `not in the format: ${line}`);
    const [, key = "", name = "", value = ""] = sample;
    const family = types.get(helped) === "histogram" ? name.replace(/_(bucket|sum|count)$/, "") : name;
    assert.equal(family, helped, "a sample stands below its own family");
    assert.ok(!values.has(key), `${key} is there twice`);
    const number = value === "+Inf" ? Infinity : value === "NaN" ? NaN : Number(value);
    assert.ok(value === "NaN" || !Number.isNaN(number), value);
    values.set(key, number);
  }
  return values;
}
