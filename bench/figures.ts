/** What a figure may be at most, or has to be at least: by itself, or as a multiple of its floor. */
export type Budget =
  | { readonly atMost: number }
  | { readonly atLeast: number }
  | { readonly atMostTimesFloor: number }
  | { readonly atLeastTimesFloor: number };

/** The unit that a figure is told in. */
export type Unit = "kB" | "MB" | "ms" | "us" | "" | "/s";

/** Every figure and its budget. `us` is CPU time. 1 kB is 1,024 bytes. */
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
    what: "Such events, 50 connections, by the floor",
    unit: "/s",
    budget: { atLeastTimesFloor: 0.33 },
  },
  "press": { what: "Press to changed page, local, median", unit: "ms", budget: { atMostTimesFloor: 2 } },
  "upload": { what: "Upload of 300 MB: most extra memory", unit: "MB", budget: { atMost: 64 } },
  "start": { what: "Cold start to the first page (built)", unit: "ms", budget: { atMost: 400 } },
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
      tell(value, unit),
      floor === undefined ? "" : tell(floor, unit),
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

function words(budget: Budget, unit: Unit): string {
  if ("atMost" in budget) return `<= ${tell(budget.atMost, unit)}`;
  if ("atLeast" in budget) return `>= ${tell(budget.atLeast, unit)}`;
  return "atMostTimesFloor" in budget ? `<= ${budget.atMostTimesFloor}x` : `>= ${budget.atLeastTimesFloor}x`;
}

function tell(value: number, unit: Unit): string {
  const digits = unit === "kB" || unit === "MB" || unit === "ms" && value < 100 ? 1 : 0;
  const number = value.toLocaleString("en", { maximumFractionDigits: digits });
  return unit === "" || unit === "/s" ? number + unit : `${number} ${unit === "us" ? "µs" : unit}`;
}
