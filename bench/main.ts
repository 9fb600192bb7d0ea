// deno-lint-ignore-file no-console -- a command talks on the console
/**
 * `deno task bench`: measures every figure that has a budget, each beside a bare program in the same run, and prints
 * one table. `--only=page,event` chooses parts, `--quick` measures each once or twice, `--json` prints JSON instead,
 * `--write` puts the figures into `docs/speed.md`. The exit code is 0 when every budget is kept. Needs Linux, for `/proc`, and Chromium.
 */
import { launch } from "@/tests/browser.ts";
import { budgets, type Figure, type FigureName, keeps, table } from "./figures.ts";
import { median } from "./load.ts";
import { parts, prepare } from "./measures.ts";
import { PAGE, withFigures } from "./page.ts";
import type { Effort } from "./part.ts";
import { stopAll } from "./server.ts";

const full: Effort = { visits: 3, loads: 3, starts: 5, seconds: 2, presses: 100, sessions: 5000 };
const quick: Effort = { visits: 1, loads: 2, starts: 2, seconds: 1, presses: 30, sessions: 1000 };

const only = Deno.args.find((arg) => arg.startsWith("--only="))?.slice(7).split(",");
const effort = Deno.args.includes("--quick") ? quick : full;
const asJson = Deno.args.includes("--json");
const known = new Set(parts.map(({ name }) => name));
const unknown = [
  ...Deno.args.filter((arg) => !/^--(only=.+|quick|json|write)$/.test(arg)),
  ...(only ?? []).filter((name) => !known.has(name)),
];
if (unknown.length > 0) {
  console.error(
    `Cannot take ${unknown.join(" ")}. Parts: ${
      [...known].join(", ")
    }. Flags: --only=, --quick, --json, --write`,
  );
  Deno.exit(2);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    stopAll();
    Deno.exit(1);
  });
}
const started = performance.now();
const taken = new Map<FigureName, { values: number[]; floors: number[] }>();
await prepare();
for (const { name, measure } of parts) {
  if (only && !only.includes(name)) continue;
  if (!asJson) console.error(`measuring ${name} ...`);
  await measure((figure, value, floor) => {
    const { values, floors } = taken.get(figure) ?? { values: [], floors: [] };
    values.push(value);
    if (floor !== undefined) floors.push(floor);
    taken.set(figure, { values, floors });
  }, effort);
}

const figures = [...taken].map(([name, { values, floors }]): Figure => {
  const value = median(values);
  const floor = floors.length === 0 ? undefined : median(floors);
  return {
    name,
    ...budgets[name],
    value,
    floor,
    pass: keeps(budgets[name].budget, value, floor),
    values,
    floors,
  };
});
const machine = await describeMachine();
const seconds = Math.round((performance.now() - started) / 1000);
const missed = figures.filter(({ pass }) => !pass).length;
if (asJson) console.log(JSON.stringify({ figures, machine, seconds }, null, 1));
else {
  console.log(`\n${table(figures)}\n\n${machine}`);
  console.log(`${figures.length - missed} kept, ${missed} missed, ${seconds} s`);
}
if (Deno.args.includes("--write")) {
  await Deno.writeTextFile(
    PAGE,
    withFigures(await Deno.readTextFile(PAGE), figures, only ? undefined : machine),
  );
}
Deno.exit(missed === 0 ? 0 : 1);

async function describeMachine(): Promise<string> {
  const cpu = /^model name\s*: (.+)$/m.exec(await Deno.readTextFile("/proc/cpuinfo"))?.[1] ?? "unknown CPU";
  await using chromium = await launch();
  // Others on the machine make CPU figures larger, ours more than those of a small program.
  const load = (Deno.loadavg()[1] ?? 0).toFixed(1);
  return `${cpu}, ${navigator.hardwareConcurrency} cores, load ${load} over five minutes; Deno ${Deno.version.deno}; Chromium ${chromium.version()}`;
}
