const REEXPORT = /^\s*import\s*\{([^}]*)\}\s*from\s*"\.\/([^"]+)";\s*export\s*\{([^}]*)\};?\s*$/;
const EXPORTS = /export\s*\{([^}]*)\};?\s*$/;

/**
 * Turns an entry that only hands on what a chunk exports, and that chunk, into one script under the entry's name.
 * The bundler never lets an entry hold what others import, so it costs a request more than needed.
 * Leaves `files` as they are when the entry is more than that.
 */
export function mergeEntry(files: Map<string, string>, entry: string): void {
  const handedOn = REEXPORT.exec(files.get(entry) ?? "");
  if (handedOn === null) return;
  const [, imports = "", chunk = "", exports = ""] = handedOn;
  const source = files.get(chunk);
  const own = source === undefined ? null : EXPORTS.exec(source);
  if (source === undefined || own?.[1] === undefined) return;
  const inChunk = new Map(pairs(own[1]).map(([local, name]) => [name, local]));
  const inEntry = new Map(
    pairs(imports).map(([name, local]) => [local, inChunk.get(name)]),
  );
  const added: string[] = [];
  for (const [local, name] of pairs(exports)) {
    const original = inEntry.get(local);
    if (original === undefined) return;
    added.push(original === name ? name : `${original} as ${name}`);
  }
  files.delete(chunk);
  const kept = own[1].trim().replace(/,$/, "");
  files.set(
    entry,
    `${source.slice(0, own.index)}export{${[kept, ...added].join(",")}};\n`,
  );
  for (const [name, text] of files) {
    if (name !== entry) {
      files.set(name, text.replaceAll(`"./${chunk}"`, `"./${entry}"`));
    }
  }
}

function pairs(list: string): [string, string][] {
  return list.split(",").map((item) => item.trim()).filter((item) => item !== "").map((item) => {
    const [left = "", right] = item.split(/\s+as\s+/);
    return [left, right ?? left];
  });
}
