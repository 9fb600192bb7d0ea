import { budgets, type Figure, type FigureName, keeps, words, written } from "./figures.ts";

/** The page with the table of figures. */
export const PAGE: URL = new URL("../docs/speed.md", import.meta.url);

const BEGIN = "<!-- bench: begin -->";
const END = "<!-- bench: end -->";

/** A row of the table as it stands on the page. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly floor: number | undefined;
  readonly budget: string;
  readonly verdict: string;
}

/**
 * Puts figures into the table of the page. Rows of figures that were not measured stay; rows of figures that do not exist go.
 *
 * @param machine the machine of a complete run. Without it the line about the machine stays.
 *
 * @throws {Error} when the page has no place for the table.
 */
export function withFigures(
  page: string,
  figures: readonly Pick<Figure, "name" | "value" | "floor">[],
  machine?: string,
): string {
  const [from, to] = placeIn(page);
  const before = new Map(linesIn(page).map((line) => [cellsOf(line)[0], line]));
  const measured = new Map(figures.map((figure) => [figure.name, figure]));
  const lines = (Object.keys(budgets) as FigureName[]).flatMap((name) => {
    const figure = measured.get(name);
    const kept = before.get(budgets[name].what);
    return figure ? [lineOf(figure)] : kept === undefined ? [] : [kept];
  });
  const head = ["| figure | Atoll | bare | budget | kept |", "|---|--:|--:|--:|---|"];
  const [, last = ""] = /^Measured on: (.*)$/m.exec(page.slice(from, to)) ?? [];
  const table = [...head, ...lines, "", `Measured on: ${machine ?? last}`].join("\n");
  return `${page.slice(0, from)}\n${table}\n${page.slice(to)}`;
}

/** The rows of the table on the page. */
export function rowsIn(page: string): Row[] {
  return linesIn(page).map((line) => {
    const [what = "", value = "", floor = "", budget = "", verdict = ""] = cellsOf(line);
    return {
      what,
      value: numberIn(value),
      floor: floor === "" ? undefined : numberIn(floor),
      budget,
      verdict,
    };
  });
}

function lineOf({ name, value, floor }: Pick<Figure, "name" | "value" | "floor">): string {
  const { what, unit, budget } = budgets[name];
  const bare = floor === undefined ? "" : written(floor, unit);
  const kept = keeps(budget, value, floor) ? "yes" : "no";
  return `| ${what} | ${written(value, unit)} | ${bare} | ${words(budget, unit)} | ${kept} |`;
}

function linesIn(page: string): string[] {
  const [from, to] = placeIn(page);
  return page.slice(from, to).split("\n").filter((line) => line.startsWith("| ")).slice(1);
}

function placeIn(page: string): [number, number] {
  const from = page.indexOf(BEGIN), to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`Cannot write the table: the page needs ${BEGIN} and ${END}`);
  return [from + BEGIN.length, to];
}

function cellsOf(line: string): string[] {
  return line.split("|").slice(1, -1).map((cell) => cell.trim());
}

function numberIn(cell: string): number {
  return Number.parseFloat(cell.replaceAll(",", ""));
}
