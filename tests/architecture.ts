/** One import between two files of the project, by path from its root, or of an outside package. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** A folder and what it may import. Itself is always allowed. Patterns are path starts; `npm:x` is a package. */
export interface Rule {
  readonly of: RegExp;
  readonly may: readonly RegExp[];
}

const value = /^lib\/value\//;
const wire = /^lib\/wire\//;
const demo = /^lib\/demo\//;
const client = /^lib\/client\//;
const engine = /^lib\/engine\//;
const ops = /^lib\/ops\//;
const content = /^lib\/content\//;
const accounts = /^lib\/accounts\//;
const port = /^lib\/store\/(port|records)\.ts$/;
const ui = /^components\/ui\//;
const layout = /^components\/layout\//;
const style = /^lib\/style\//;
const views = /^components\/[a-z_]+\/(view|[a-z_]+_view)\.tsx$/;
const preact = /^npm:(preact|@preact\/signals)/;
const zod = /^npm:zod/;
const fresh = /^fresh/;
const anyPackage = /^(npm|node):/;

/** Who may import whom. The first rule that fits a file counts; a file that no rule fits may import anything. */
export const rules: readonly Rule[] = [
  { of: value, may: [zod, preact] },
  { of: wire, may: [value] },
  { of: port, may: [value] },
  { of: /^lib\/store\/[a-z_]+\.ts$/, may: [value, /^lib\/store\//, anyPackage] },
  { of: content, may: [anyPackage] },
  { of: demo, may: [value, zod, preact] },
  { of: client, may: [value, wire, preact] },
  { of: engine, may: [value, wire, demo, engine, port, /^node:(buffer|crypto|os|util|v8|vm)/] },
  { of: ops, may: [value, /^lib\/engine\/(engine|observer)\.ts$/, anyPackage] },
  { of: accounts, may: [value, port, /^node:/, /^npm:openid-client/] },
  {
    of: /^lib\/gate\//,
    may: [value, accounts, wire, demo, engine, port, ops, /^lib\/gate\//, fresh, anyPackage],
  },
  { of: ui, may: [value, client, style, preact] },
  { of: views, may: [value, client, style, ui, layout, views, preact] },
  { of: /^islands\//, may: [client, views, preact] },
  { of: /^components\/layout\//, may: [value, style, ui, preact] },
  { of: /^components\/mod\.ts$/, may: [/^components\//, demo] },
  { of: /^components\/([a-z_]+)\//, may: [value, demo, content, zod, ui, anyPackage, /^islands\//] },
  { of: /^lib\/recipes\//, may: [value, demo, /^components\/(mod\.ts|layout\/)/, preact] },
  { of: /^lib\/style\//, may: [anyPackage, fresh] },
  {
    of: /^routes\//,
    may: [
      /^lib\/mod\.ts$/,
      /^routes\//,
      fresh,
      anyPackage,
      /^lib\/gate\/(gallery|reply)\.ts$/,
      /^components\//,
    ],
  },
];

/** The imports that no rule allows. */
export function violations(edges: readonly Edge[]): Edge[] {
  return edges.filter(({ from, to }) => {
    const rule = rules.find(({ of }) => of.test(from));
    if (!rule) return /^lib\/(?!cli|testing)/.test(from) && to === "lib/mod.ts";
    if (folder(from) === folder(to)) return false;
    return !rule.may.some((pattern) => pattern.test(to));
  });
}

/** Everything that is reached from some files. */
export function closure(edges: readonly Edge[], from: (file: string) => boolean): Set<string> {
  const next = new Map<string, string[]>();
  for (const edge of edges) next.set(edge.from, [...next.get(edge.from) ?? [], edge.to]);
  const seen = new Set<string>();
  const todo = [...next.keys()].filter(from);
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    todo.push(...next.get(file) ?? []);
  }
  return seen;
}

function folder(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
