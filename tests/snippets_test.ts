/** Every block of code in the docs, copied as it stands: it compiles, and each demo is listed, drawn and run. */
import assert from "node:assert/strict";
import { App, type PageProps } from "fresh";
import { h } from "preact";
import type { Page } from "@/lib/demo/blocks.tsx";
import { titleOf } from "@/lib/demo/title.ts";
import { listDemos } from "@/lib/gate/gallery.ts";
import { type AtollState, hostPages } from "@/lib/gate/host.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { Json } from "@/lib/value/json.ts";
import { pagesHeld } from "./prose/held.ts";
import { isDemo, isSource, pathOf, type Snippet, snippetsOf } from "./snippets.ts";

const root = new URL("../", import.meta.url);
const docs = (await pagesHeld()).map(({ file }) => file).filter((file) => file.endsWith(".md"));
const snippets: Snippet[] = [];
for (const page of docs) snippets.push(...snippetsOf(page, await Deno.readTextFile(new URL(page, root))));
const sources = snippets.filter(isSource);
const demos = sources.filter(isDemo);

/** The project that a page's blocks make together. */
const project = (page: string) => new URL(`${page.replace(/\W+/g, "_")}/`, workspace);
const workspace = new URL(`file://${await Deno.makeTempDir({ prefix: "atoll_snippets_" })}/`);
globalThis.addEventListener("unload", () => Deno.removeSync(workspace, { recursive: true }));
const files: string[] = [];
for (const snippet of sources) {
  const file = new URL(encodeURI(pathOf(snippet)), project(snippet.page));
  await Deno.mkdir(new URL("./", file), { recursive: true });
  await Deno.writeTextFile(file, snippet.code, { createNew: true });
  files.push(decodeURI(file.pathname));
}
for (const page of new Set(sources.map(({ page }) => page))) {
  await Deno.symlink(new URL("static", root), new URL("static", project(page)));
}

/** Runs Deno on the blocks, under the settings of this project. */
async function deno(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      args[0] as string,
      "--quiet",
      "--config",
      decodeURI(new URL("deno.json", root).pathname),
      ...args.slice(1),
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return success ? "" : text || "It failed without a word";
}

Deno.test("The docs have blocks of code to check, among them demos, and no fragments", () => {
  assert.ok(demos.length > 20, `${demos.length} demos`);
  for (const page of ["README.md", "docs/demos.md", "components/slider/README.md"]) {
    assert.ok(sources.some((snippet) => snippet.page === page), page);
  }
  const fragments = sources.filter(({ language }) => !/^tsx?$/.test(language));
  assert.deepEqual(fragments.map(({ page, line, language }) => `${page}:${line} ${language}`), []);
});

Deno.test("Every block of code in the docs compiles as it stands", async () => {
  assert.equal(await deno("check", ...files), "");
});

Deno.test("Every block of code in the docs is formatted as the sources are", async () => {
  assert.equal(await deno("fmt", "--check", ...files), "");
});

Deno.test("Every test in the docs passes as it stands", async () => {
  const tests = files.filter((file) => /_test\.tsx?$/.test(file));
  assert.ok(tests.length > 1);
  assert.equal(await deno("test", "-A", "--no-check", ...tests), "");
});

Deno.test("Every demo in the docs is listed in a gallery by its title", async () => {
  for (const page of new Set(demos.map(({ page }) => page))) {
    const listed = await listDemos(true, new URL("routes/demos/", project(page)));
    for (const snippet of demos.filter((one) => one.page === page)) {
      const path = addressOf(snippet);
      const found = listed.find((listing) => listing.path === path);
      assert.ok(found, `${page}:${snippet.line} is not listed`);
      assert.equal(found.error, undefined, `${page}:${snippet.line}`);
      assert.equal(found.title, titleOf((await load(snippet)).demo, path));
    }
  }
});

for (const snippet of demos) {
  const { page, line } = snippet;

  Deno.test(`The demo in ${page}:${line} is drawn with all of its fields`, async () => {
    const demo = await load(snippet);
    const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
    await using blobs = memoryBlobs({ now: () => 0, random });
    await using app = openDemo(demo, { blobs });
    const path = addressOf(snippet);
    const handle = new App<AtollState>()
      .use((context) => {
        context.state.account = { user, realm: "main", url: "/account", logout: "/logout" };
        return context.next();
      })
      .appWrapper(({ Component }: PageProps<unknown, AtollState>) => h(Component, {}))
      .use(hostPages({ engine: app.engine, blobs, clock: app.clock, maxUploadBytes: 1, dev: true }))
      .route(path, { component: demo as never }).handler();
    const answer = await handle(new Request(`http://127.0.0.1${path}`));
    const html = await answer.text();
    assert.equal(answer.status, 200, html);
    for (const [key, field] of Object.entries(demo.demo.fields)) {
      const shown = html.includes(`data-field="${key}"`) || html.includes(`id="${key}"`);
      assert.ok(shown || field.props.visible === false || unseen.has(field.component.kind), `no ${key}`);
    }
  });

  Deno.test(`Every action of the demo in ${page}:${line} runs`, async () => {
    const demo = await load(snippet);
    await using app = openDemo(demo);
    for (const action of demo.demo.callable) {
      const input = firstValues(demo, action);
      await app.run(action, input, { request: { user } }).catch((error) => {
        // A demo that refuses its first values says so itself.
        if (
          error instanceof Fault && /^(?:refused|bad_input)$/.test(error.code) &&
          snippet.code.includes("new Fault(")
        ) {
          return;
        }
        throw error;
      });
    }
  });
}

/** Somebody who may see all that the demos have. */
const user = { id: "ada", name: "ada", roles: ["editor"] };

/** Kinds that have nothing to see. */
const unseen = new Set(["state", "browser_state", "timer"]);

/** What a new page sends for the inputs of an action, by argument name. */
function firstValues({ demo }: Page, action: string): Record<string, Json> {
  const names = Object.entries(demo.actions[action]?.inputs.names ?? {});
  const onPage = names.filter(([, key]) => demo.live[key] !== undefined);
  return Object.fromEntries(onPage.map(([name, key]) => [name, demo.live[key]?.value ?? null]));
}

function addressOf(snippet: Snippet): string {
  return `/${pathOf(snippet).replace(/^routes\//, "").replace(/(?:\/index)?\.tsx?$/, "")}`;
}

async function load(snippet: Snippet): Promise<Page> {
  const file = new URL(encodeURI(pathOf(snippet)), project(snippet.page));
  return (await import(file.href) as { default: Page }).default;
}
