import assert from "node:assert/strict";
import { closure, type Edge, rules, violations } from "./architecture.ts";

const root = new URL("../", import.meta.url);
const HEAD = ["main.ts", "dev.ts", "lib", "components", "islands", "routes"];

Deno.test("No file imports what its folder may not", async () => {
  const found = violations(await edges());
  assert.deepEqual(found.map(({ from, to }) => `${from} may not import ${to}`), []);
});

Deno.test("violations() finds a seeded mistake of every kind", () => {
  const seeded: Edge[] = [
    { from: "lib/value/fault.ts", to: "lib/wire/frame.ts" },
    { from: "lib/engine/run.ts", to: "lib/gate/native.ts" },
    { from: "lib/engine/run.ts", to: "fresh" },
    { from: "lib/accounts/logins.ts", to: "lib/gate/auth.ts" },
    { from: "lib/accounts/logins.ts", to: "fresh" },
    { from: "lib/engine/sessions.ts", to: "lib/accounts/logins.ts" },
    { from: "lib/engine/run.ts", to: "lib/ops/log.ts" },
    { from: "lib/ops/metrics.ts", to: "lib/engine/queue.ts" },
    { from: "lib/ops/health.ts", to: "lib/gate/reply.ts" },
    { from: "lib/client/session.ts", to: "lib/demo/blocks.tsx" },
    { from: "lib/client/session.ts", to: "npm:zod@4" },
    { from: "components/slider/view.tsx", to: "npm:zod@4" },
    { from: "components/slider/view.tsx", to: "lib/content/safe_html.ts" },
    { from: "lib/content/safe_html.ts", to: "lib/gate/reply.ts" },
    { from: "components/slider/view.tsx", to: "lib/demo/component.ts" },
    { from: "components/slider/mod.ts", to: "components/number/mod.ts" },
    { from: "islands/Slider.tsx", to: "components/ui/frame.tsx" },
    { from: "lib/gate/draw.tsx", to: "components/slider/view.tsx" },
    { from: "lib/recipes/interface.tsx", to: "lib/engine/engine.ts" },
    { from: "routes/demos/greeter.tsx", to: "lib/engine/engine.ts" },
    { from: "lib/store/port.ts", to: "lib/store/blobs_disk.ts" },
    { from: "lib/store/records.ts", to: "lib/store/records_sqlite.ts" },
    { from: "lib/engine/pool/port.ts", to: "lib/engine/pool/process_pool.ts" },
    { from: "lib/server/assemble.ts", to: "lib/cli/stop.ts" },
    { from: "lib/server/assemble.ts", to: "fresh" },
    { from: "lib/cli/start.ts", to: "lib/testing/open_demo.ts" },
    { from: "lib/cli/start.ts", to: "lib/mod.ts" },
    { from: "lib/cli/start.ts", to: "tests/browser.ts" },
    { from: "lib/testing/open_demo.ts", to: "lib/gate/native.ts" },
    { from: "lib/testing/open_demo.ts", to: "lib/store/blobs_disk.ts" },
    { from: "lib/mod.ts", to: "lib/store/blobs_disk.ts" },
    { from: "main.ts", to: "lib/store/blobs_disk.ts" },
    { from: "lib/gate/reply.ts", to: "lib/mod.ts" },
    { from: "lib/wire/patch.ts", to: "lib/demo/blocks.tsx" },
    { from: "lib/store/blobs_disk.ts", to: "lib/gate/reply.ts" },
    { from: "lib/demo/blocks.tsx", to: "lib/engine/engine.ts" },
    { from: "components/ui/frame.tsx", to: "components/slider/view.tsx" },
    { from: "components/layout/row.tsx", to: "lib/client/session.ts" },
    { from: "components/mod.ts", to: "lib/engine/engine.ts" },
    { from: "lib/style/plugin.ts", to: "lib/gate/reply.ts" },
    { from: "lib/cli/run_tests.ts", to: "lib/engine/engine.ts" },
    { from: "dev.ts", to: "lib/store/blobs_disk.ts" },
    { from: "lib/new_folder/file.ts", to: "lib/value/fault.ts" },
  ];
  for (const edge of seeded) {
    assert.deepEqual(violations([edge]), [edge], `${edge.from} -> ${edge.to}`);
  }
  assert.deepEqual(violations([{ from: "lib/engine/run.ts", to: "lib/value/fault.ts" }]), []);
  const files = seeded.map(({ from }) => from);
  const unseeded = rules.filter(({ of }) =>
    !files.some((file) => rules.find((rule) => rule.of.test(file))?.of === of)
  );
  assert.deepEqual(unseeded.map(({ of }) => of.source), [], "a rule without a seeded mistake");
});

Deno.test("What islands reach is browser code", async () => {
  const all = (await edges()).filter(({ runs }) => runs);
  const reached = closure(all, (file) => file.startsWith("islands/"));
  assert.ok(reached.size > 10);
  for (const file of reached) {
    assert.ok(
      !/^(node:|npm:zod|lib\/(content|engine|gate|store|hub|cli|demo)\/)/.test(file),
      `islands reach ${file}`,
    );
    if (!/\.tsx?$/.test(file)) continue;
    const text = await Deno.readTextFile(new URL(file, root));
    assert.ok(!/\bDeno\./.test(text), `${file} is browser code and uses Deno`);
  }
});

Deno.test("Doors are ten lines or fewer", async () => {
  for await (const { name } of Deno.readDir(new URL("islands/", root))) {
    const lines = (await Deno.readTextFile(new URL(`islands/${name}`, root))).trim().split("\n");
    assert.ok(lines.length <= 10, `islands/${name} has ${lines.length} lines`);
  }
});

Deno.test("Shared code names no component kind", async () => {
  const named = /\bkind\s*[!=]==?|[!=]==?\s*["'`]?\w*\.?kind\b|case\s+\w*\.kind\b|switch \([^)]*kind\)/;
  for await (const file of sources("lib")) {
    if (/^lib\/(recipes|testing|style)\//.test(file)) continue;
    const line = (await Deno.readTextFile(new URL(file, root))).split("\n").findIndex((line) =>
      named.test(line)
    );
    assert.equal(line, -1, `${file}:${line + 1} names a kind`);
  }
});

// One module graph over all files: `deno info` of an entry that imports each of them.
async function edges(): Promise<(Edge & { runs: boolean })[]> {
  const files: string[] = [];
  for (const path of HEAD) {
    if (/\.ts$/.test(path)) files.push(path);
    else for await (const file of sources(path)) files.push(file);
  }
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      entry,
      files.map((file) => `import ${JSON.stringify(new URL(file, root).href)};`).join("\n"),
    );
    const { stdout, code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--config", new URL("deno.json", root).pathname, entry],
      cwd: root,
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as Info;
    return modules.flatMap(({ specifier, dependencies = [] }) => {
      const from = local(specifier);
      if (!files.includes(from)) return [];
      return dependencies.flatMap(({ specifier: written, code, type }) => {
        const to = code?.specifier ?? type?.specifier;
        if (to === undefined) return [];
        return [{ from, to: /^fresh(\/|$)/.test(written) ? written : local(to), runs: code !== undefined }];
      });
    });
  } finally {
    await Deno.remove(entry);
  }
}

interface Info {
  modules: {
    specifier: string;
    dependencies?: { specifier: string; code?: { specifier?: string }; type?: { specifier?: string } }[];
  }[];
}

function local(specifier: string): string {
  if (specifier.startsWith(root.href)) return decodeURI(specifier.slice(root.href.length));
  return specifier.replace(/^npm:\/+/, "npm:");
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(`${folder}/`, root))) {
    if (isDirectory) yield* sources(`${folder}/${name}`);
    else if (/\.tsx?$/.test(name) && !/_test\.tsx?$/.test(name)) yield `${folder}/${name}`;
  }
}
