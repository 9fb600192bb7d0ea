/** One import between two files of the project, by path from its root, or of an outside package. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** Files and what they may import: patterns of paths; `npm:x` is a package. Files of their own folder are allowed too. */
export interface Rule {
  readonly of: RegExp;
  readonly may: readonly RegExp[];
  /** Set when files of their own folder are not allowed by themselves: a port knows no adapter beside it. */
  readonly alone?: true;
}

const value = /^lib\/value\//;
const wire = /^lib\/wire\//;
const demo = /^lib\/demo\//;
const client = /^lib\/client\//;
const engine = /^lib\/engine\//;
const ops = /^lib\/ops\//;
const content = /^lib\/content\//;
const accounts = /^lib\/accounts\//;
const store = /^lib\/store\//;
const port = /^lib\/store\/(port|records)\.ts$/;
const gate = /^lib\/gate\//;
const ui = /^components\/ui\//;
const layout = /^components\/layout\//;
const style = /^lib\/style\//;
const views = /^components\/[a-z_]+\/(view|[a-z_]+_view)\.tsx$/;
const preact = /^npm:(preact|@preact\/signals)/;
const zod = /^npm:zod/;
const fresh = /^fresh/;
const anyPackage = /^(npm|node):/;

/** Who may import whom. The first rule that fits a file counts, and each file has one. */
export const rules: readonly Rule[] = [
  { of: value, may: [zod, preact] },
  { of: wire, may: [value] },
  { of: port, may: [value], alone: true },
  {
    of: /^lib\/engine\/pool\/port\.ts$/,
    may: [value, demo, /^lib\/engine\/pool\/message\.ts$/],
    alone: true,
  },
  { of: store, may: [value, anyPackage] },
  { of: content, may: [anyPackage] },
  { of: demo, may: [value, zod, preact] },
  { of: client, may: [value, wire, preact] },
  { of: engine, may: [value, wire, demo, engine, port, /^node:(buffer|crypto|os|util|v8|vm)/] },
  { of: ops, may: [value, /^lib\/engine\/(engine|observer)\.ts$/, anyPackage] },
  { of: accounts, may: [value, port, /^node:/, /^npm:openid-client/] },
  {
    of: gate,
    may: [value, accounts, wire, demo, engine, port, ops, gate, fresh, anyPackage],
  },
  { of: ui, may: [value, client, style, preact] },
  { of: views, may: [value, client, style, ui, layout, views, preact] },
  { of: /^islands\//, may: [client, views, preact] },
  { of: /^components\/layout\//, may: [value, style, ui, preact] },
  { of: /^components\/mod\.ts$/, may: [/^components\//, demo] },
  { of: /^components\/([a-z_]+)\//, may: [value, demo, content, zod, ui, anyPackage, /^islands\//] },
  { of: /^lib\/recipes\//, may: [value, demo, /^components\/(mod\.ts|layout\/)/, preact] },
  { of: /^lib\/style\//, may: [anyPackage, fresh] },
  // Puts the parts of a server together.
  { of: /^lib\/server\//, may: [value, demo, accounts, engine, gate, ops, store, anyPackage] },
  { of: /^lib\/cli\/run_tests\.ts$/, may: [/^tests\/browser\.ts$/] },
  {
    of: /^lib\/cli\//,
    may: [value, demo, accounts, engine, gate, ops, store, /^lib\/server\//, anyPackage],
  },
  { of: /^lib\/testing\//, may: [value, wire, demo, engine, /^lib\/store\/blobs_memory\.ts$/, zod] },
  // The shop window: what it shows, and the types of that.
  {
    of: /^lib\/mod\.ts$/,
    may: [value, demo, gate, accounts, /^lib\/recipes\//, /^components\/(layout\/)?mod\.ts$/],
  },
  { of: /^main\.ts$/, may: [gate, /^lib\/server\//, /^lib\/demo\//, fresh, anyPackage] },
  { of: /^dev\.ts$/, may: [/^lib\/(style|cli|gate|ops)\//, /^main\.ts$/, fresh, anyPackage] },
  {
    of: /^routes\//,
    may: [
      /^lib\/mod\.ts$/,
      /^routes\//,
      fresh,
      anyPackage,
      /^lib\/gate\/(author_error|gallery|reply|type_mistakes)\.ts$/,
      /^components\//,
    ],
  },
];

/** The imports that no rule allows. */
export function violations(edges: readonly Edge[]): Edge[] {
  return edges.filter(({ from, to }) => {
    const rule = rules.find(({ of }) => of.test(from));
    if (!rule) return true;
    if (!rule.alone && folder(from) === folder(to)) return false;
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
