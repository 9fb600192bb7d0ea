/** What a figure may be at most, or has to be at least: by itself, or as a multiple of its floor. */
export type Budget =
  | { readonly atMost: number }
  | { readonly atLeast: number }
  | { readonly atMostTimesFloor: number }
  | { readonly atLeastTimesFloor: number };

/** The unit that a figure is told in. */
export type Unit = "kB" | "MB" | "ms" | "us" | "x" | "%" | "" | "/s";

/** Every figure and its budget. `us` is CPU time. 1 kB is 1,024 bytes. `x` is a multiple of what the words name. */
export const budgets = {
  "greeter.script": { what: "Greeter page: script, transferred", unit: "kB", budget: { atMost: 15 } },
  "greeter.bytes": { what: "Greeter page: all bytes, transferred", unit: "kB", budget: { atMost: 25 } },
  "greeter.requests": { what: "Greeter page: requests", unit: "", budget: { atMost: 6 } },
  "gallery.script": { what: "Gallery, a page with nothing alive: script", unit: "kB", budget: { atMost: 0 } },
  "greeter.slow.lcp": { what: "Greeter, slow: largest paint", unit: "ms", budget: { atMost: 800 } },
  "greeter.slow.press": { what: "Greeter, slow: first press works", unit: "ms", budget: { atMost: 1200 } },
  "greeter.slow.blocking": { what: "Greeter, slow: blocking time", unit: "ms", budget: { atMost: 50 } },
  "many200.slow.blocking": {
    what: "200 live fields, slow: blocking time",
    unit: "ms",
    budget: { atMost: 350 },
  },
  "many200.slow.press": {
    what: "200 live fields, slow: first press works",
    unit: "ms",
    budget: { atMost: 1800 },
  },
  "many1000.render": {
    what: "1,000 live fields: CPU of the server for the page",
    unit: "us",
    budget: { atMost: 15_000 },
  },
  "many1000.blocking": {
    what: "1,000 live fields, local: blocking time",
    unit: "ms",
    budget: { atMost: 400 },
  },
  "many1000.press": {
    what: "1,000 live fields, local: first press works",
    unit: "ms",
    budget: { atMost: 1000 },
  },
  "page.cpu": {
    what: "CPU of the server for a page (greeter)",
    unit: "us",
    budget: { atMostTimesFloor: 12 },
  },
  "event.cpu": {
    what: "CPU of the server for an event that does nothing",
    unit: "us",
    budget: { atMostTimesFloor: 3 },
  },
  "event.rate": { what: "Such events, 50 connections", unit: "/s", budget: { atLeast: 4000 } },
  "event.share": {
    what: "Such events, 50 connections, relative to bare",
    unit: "/s",
    budget: { atLeastTimesFloor: 0.33 },
  },
  "event.p99": { what: "Such events, 100 connections: p99", unit: "ms", budget: { atMost: 60 } },
  "guard.cpu": { what: "The guard: CPU for such an event", unit: "us", budget: { atMost: 30 } },
  "guard.share": { what: "The guard: share of such an event's CPU", unit: "%", budget: { atMost: 15 } },
  "durable.cpu": {
    what: "CPU of the server for such an event, kept on disk",
    unit: "us",
    budget: { atMostTimesFloor: 6 },
  },
  "durable.rate": {
    what: "Events accepted on disk, 100 connections",
    unit: "/s",
    budget: { atLeast: 1500 },
  },
  "durable.p99": {
    what: "Events accepted on disk, 100 connections: p99",
    unit: "ms",
    budget: { atMost: 80 },
  },
  "tokens.last": { what: "500 tokens at once, 50 clients: last token", unit: "ms", budget: { atMost: 800 } },
  "tokens.cpu": {
    what: "500 tokens at once, 50 clients: CPU of the server for a token",
    unit: "us",
    budget: { atMostTimesFloor: 3 },
  },
  "tokens.bytes": {
    what: "500 tokens: bytes of the last hundred, relative to the first hundred",
    unit: "x",
    budget: { atMost: 1.2 },
  },
  "tokens.paced50": {
    what: "100 tokens a second for 5 s, 50 clients: last token",
    unit: "ms",
    budget: { atMost: 5300 },
  },
  "tokens.paced100": {
    what: "100 tokens a second for 5 s, 100 clients: last token",
    unit: "ms",
    budget: { atMost: 5600 },
  },
  "idle": {
    what: "Idle session with an open stream: resident memory",
    unit: "kB",
    budget: { atMost: 90 },
  },
  "resume": { what: "Cut connection to the next frame: p99", unit: "ms", budget: { atMost: 1000 } },
  "restart": {
    what: "Crash and new start: last of 200 clients is back",
    unit: "ms",
    budget: { atMost: 5000 },
  },
  "worker": { what: "Call of a handler in a worker, warm: median", unit: "ms", budget: { atMost: 1 } },
  "process": { what: "Call of a handler in a process, warm: median", unit: "ms", budget: { atMost: 2 } },
  "slow": {
    what: "p99 of events among 1,000 slow connections, relative to none",
    unit: "x",
    budget: { atMost: 2 },
  },
  "neighbours": {
    what: "p99 of events beside hanging, memory-eating and flooding clients, relative to none",
    unit: "x",
    budget: { atMost: 2 },
  },
  "hold": {
    what: "Longest block of the event loop by one request of 1 MB",
    unit: "ms",
    budget: { atMost: 50 },
  },
  "press": { what: "Press to changed page, local: median", unit: "ms", budget: { atMostTimesFloor: 2 } },
  "upload": { what: "Upload of 300 MB: most extra memory", unit: "MB", budget: { atMost: 64 } },
  "start": { what: "Cold start to the first page (built)", unit: "ms", budget: { atMost: 400 } },
  "hostile": {
    what: "Hostile text, the most expensive one: CPU",
    unit: "ms",
    budget: { atMost: 1000 },
  },
  "build": { what: "Build", unit: "ms", budget: { atMost: 2000 } },
} as const satisfies Record<string, { what: string; unit: Unit; budget: Budget }>;

/** Name of a figure. */
export type FigureName = keyof typeof budgets;

/** A measured figure. */
export interface Figure {
  readonly name: FigureName;
  readonly what: string;
  readonly unit: Unit;
  /** The median of all repetitions. */
  readonly value: number;
  /** The same of the bare program, measured in the same run. */
  readonly floor: number | undefined;
  readonly budget: Budget;
  readonly pass: boolean;
  /** All repetitions, in order. */
  readonly values: readonly number[];
  readonly floors: readonly number[];
}

/** Whether a value keeps to its budget. A budget by the floor is missed when there is no floor. */
export function keeps(budget: Budget, value: number, floor: number | undefined): boolean {
  if ("atMost" in budget) return value <= budget.atMost;
  if ("atLeast" in budget) return value >= budget.atLeast;
  if (floor === undefined || floor === 0) return false;
  return "atMostTimesFloor" in budget
    ? value <= budget.atMostTimesFloor * floor
    : value >= budget.atLeastTimesFloor * floor;
}

/** Figures as a table for people. */
export function table(figures: readonly Figure[]): string {
  const rows = [["figure", "Atoll", "bare", "ratio", "budget", ""]];
  for (const { what, unit, value, floor, budget, pass } of figures) {
    rows.push([
      what,
      written(value, unit),
      floor === undefined ? "" : written(floor, unit),
      floor === undefined || floor === 0 ? "" : `${(value / floor).toFixed(2)}x`,
      words(budget, unit),
      pass ? "pass" : "MISS",
    ]);
  }
  const widths = (rows[0] as string[]).map((_, i) =>
    Math.max(...rows.map((row) => (row[i] as string).length))
  );
  return rows.map((row) =>
    row.map((cell, i) =>
      i === 0 || i === 5 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number)
    )
      .join("  ").trimEnd()
  ).join("\n");
}

/** A budget in words. */
export function words(budget: Budget, unit: Unit): string {
  if ("atMost" in budget) return `≤ ${limit(budget.atMost, unit)}`;
  if ("atLeast" in budget) return `≥ ${limit(budget.atLeast, unit)}`;
  return "atMostTimesFloor" in budget ? `≤ ${budget.atMostTimesFloor}x` : `≥ ${budget.atLeastTimesFloor}x`;
}

function limit(value: number, unit: Unit): string {
  return withUnit(value.toLocaleString("en"), unit);
}

/** A figure with its unit, in as many digits as say something. */
export function written(value: number, unit: Unit): string {
  const digits = digitsOf(value, unit);
  const number = value.toLocaleString("en", { maximumFractionDigits: digits });
  return withUnit(number, unit);
}

function withUnit(number: string, unit: Unit): string {
  return unit === "" || unit === "/s" || unit === "x"
    ? number + unit
    : `${number} ${unit === "us" ? "µs" : unit}`;
}

function digitsOf(value: number, unit: Unit): number {
  switch (unit) {
    case "x":
      return 2;
    case "us":
      return value < 10 ? 2 : 0;
    case "kB":
    case "MB":
    case "%":
      return 1;
    case "ms":
      return value < 1 ? 3 : value < 100 ? 1 : 0;
    case "":
    case "/s":
      return 0;
    default:
      return unit satisfies never;
  }
}
