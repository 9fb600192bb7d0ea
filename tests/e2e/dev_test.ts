import assert from "node:assert/strict";
import { launch, open } from "@/tests/browser.ts";
import { copyProject } from "@/tests/copied.ts";
import { until } from "@/tests/until.ts";

const MINE = `import { Interface, textbox } from "atoll";

export default Interface({ title: "Mine", inputs: textbox(), outputs: textbox(), fn: (text) => text.toUpperCase() });
`;

Deno.test("A new demo file appears in the gallery and runs, in dev, without a restart", async () => {
  await using project = await copyProject();
  const copy = project.root.pathname.slice(0, -1);
  const { tasks } = JSON.parse(await Deno.readTextFile(`${copy}/deno.json`)) as { tasks: { dev: string } };
  const [, ...args] = tasks.dev.split(" ");
  const port = freePort();
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: copy,
    env: { NO_COLOR: "1", PORT: String(port), ATOLL_DATA: `${copy}/data` },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let text = "";
  const heard = new Set<() => void>();
  const follow = async (stream: ReadableStream<Uint8Array>) => {
    for await (
      const piece of stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    ) {
      text += piece;
      for (const tell of heard) tell();
    }
  };
  const followed = Promise.all([follow(child.stdout), follow(child.stderr)]);
  const base = `http://127.0.0.1:${port}`;
  try {
    await until(async () => (await get(base, "/")).includes("Greeter"), Boolean, { what: () => text });
    assert.ok(!(await get(base, "/")).includes("Mine"));
    await Deno.writeTextFile(`${copy}/routes/demos/mine.tsx`, MINE);
    await until(async () => (await get(base, "/")).includes("Mine"), Boolean, { what: () => text });
    await until(async () => (await get(base, "/demos/mine")).includes("$session"), Boolean, {
      what: () => text,
    });
    const session = /name="\$session" value="([^"]+)"/.exec(await get(base, "/demos/mine"))?.[1];
    const answer = await fetch(`${base}/demos/mine`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ action: "predict", input: { input: "quiet" }, session }),
    });
    assert.match(await answer.text(), /"output":"QUIET"/);

    // A demo that cannot be declared says why on its page.
    await Deno.writeTextFile(
      `${copy}/routes/demos/odd.tsx`,
      MINE.replaceAll("textbox()", "textbox({ lable: 1 })"),
    );
    await until(
      async () => (await get(base, "/demos/odd")).includes("unrecognized key: &quot;lable&quot;"),
      Boolean,
      { what: () => text },
    );

    // Once it is right, its page reloads by itself.
    const browser = await launch();
    try {
      await using watched = await open(browser, `${base}/demos/odd`);
      await watched.page.getByText("unrecognized key").first().waitFor();
      await Deno.writeTextFile(`${copy}/routes/demos/odd.tsx`, MINE);
      await watched.page.locator("#input").waitFor({ timeout: 30_000 });
    } finally {
      await browser.close();
    }

    // What a handler forgets to wait for ends nothing.
    const forgets = MINE.replace(
      "text.toUpperCase()",
      `(Promise.reject(new Error("forgotten")), text + "!")`,
    );
    await Deno.writeTextFile(`${copy}/routes/demos/forgets.tsx`, forgets);
    await until(async () => (await get(base, "/demos/forgets")).includes("$session"), Boolean, {
      what: () => text,
    });
    const call = JSON.stringify({
      action: "predict",
      input: { input: "still" },
      session: /name="\$session" value="([^"]+)"/.exec(await get(base, "/demos/forgets"))?.[1],
    });
    const headers = { "content-type": "application/json" };
    const said = await fetch(`${base}/demos/forgets`, { method: "POST", headers, body: call });
    assert.match(await said.text(), /"output":"still!"/);
    await until(() => Promise.resolve(/stray error .*forgotten/.test(text)), Boolean, { what: () => text });
    assert.match(await get(base, "/demos/forgets"), /\$session/);
  } finally {
    child.kill("SIGTERM");
    await child.status;
    await followed;
  }
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function get(base: string, path: string): Promise<string> {
  return await fetch(base + path).then((response) => response.text(), () => "");
}
