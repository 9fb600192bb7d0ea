import assert from "node:assert/strict";
import { Blocks, button, html, load, on, update } from "atoll";
import { openDemo } from "@/lib/testing/open_demo.ts";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { safeHtml } from "@/lib/content/safe_html.ts";
import { HtmlView } from "./view.tsx";

const hostile = "<p>a<img src=x onerror=canary()></p><script>canary()</script>";
const safe = '<p>a<img src="x" loading="lazy" /></p>';

Deno.test("html() makes its first markup safe, given alone or among options", () => {
  assert.deepEqual(html(hostile).initial, { html: safe, active: false });
  assert.deepEqual(html({ value: hostile, label: "A" }).initial, { html: safe, active: false });
  assert.deepEqual(html().initial, { html: "", active: false });
});

Deno.test("html() never believes what comes from outside: neither markup nor that it is active", () => {
  const safeWire = html.component.wire(html().props);
  assert.deepEqual(safeWire.parse({ html: hostile, active: true }), { html: safe, active: false });
  const sandbox = html.component.wire(html({ sandbox: true }).props);
  assert.deepEqual(sandbox.parse({ html: hostile, active: false }), { html: hostile, active: true });
});

Deno.test("html() takes 50,000 letters of markup from a page, made safe, and more only as a sandbox", () => {
  const { taken } = html.component;
  assert.deepEqual(taken(html().props).parse({ html: hostile, active: true }), { html: safe, active: false });
  const long = { html: "a".repeat(50_001), active: false };
  assert.match(taken(html().props).safeParse(long).error?.issues[0]?.message ?? "", /50000/);
  assert.ok(taken(html({ sandbox: true }).props).safeParse(long).success);
});

/** A demo whose actions give an html in every way there is. */
function desk() {
  const page = Blocks({
    fields: { go: button("Go"), out: html(), frame: html({ sandbox: true }) },
    actions: ({ go, out, frame }) => ({
      give: on(go.click, { outputs: { out, frame }, fn: () => ({ out: hostile, frame: hostile }) }),
      change: on(go.click, { outputs: { out, frame }, fn: () => ({ out: update({ value: hostile }) }) }),
      tame: on(go.click, { outputs: frame, fn: () => update({ sandbox: false }) }),
      echo: on(load, { inputs: { out }, outputs: { out }, fn: ({ out }) => ({ out: `${out}|` }) }),
      story: on(go.click, {
        outputs: out,
        *fn() {
          for (let end = 1; end <= hostile.length; end++) yield hostile.slice(0, end);
        },
      }),
    }),
  });
  return openDemo(page);
}

Deno.test("html() makes safe what handlers give, update() and clients send", async () => {
  await using app = desk();
  assert.deepEqual(await app.run("give"), {
    out: { html: safe, active: false },
    frame: { html: hostile, active: true },
  });
  assert.deepEqual(await app.run("change"), { out: { html: safe, active: false } });
  const sent = await app.run("echo", { out: { html: hostile, active: true } });
  assert.deepEqual(sent.out, { html: `${safe}|`, active: false });
});

Deno.test("html() that is a sandbox no more makes safe what it is given, not what the frame holds", async () => {
  await using app = desk();
  assert.deepEqual(await app.run("tame"), {});
  assert.deepEqual((await app.run("give")).frame, { html: safe, active: false });
  const { props } = html({ sandbox: false });
  const drawn = renderToString(h(HtmlView, {
    id: "a",
    props: props as never,
    value: { html: hostile, active: true },
    interactive: true,
    status: { phase: "idle" },
  }));
  assert.doesNotMatch(drawn, /canary/);
  assert.match(drawn, /<iframe[^>]* sandbox="allow-scripts"[^>]*>/);
});

Deno.test("html() is safe at every state of a text that streams in", async () => {
  await using app = desk();
  const states: string[] = [];
  for await (const frame of app.submit("story")) {
    if (frame.type === "output") states.push(JSON.stringify(frame.values.out));
  }
  assert.ok(states.length > 20);
  for (const state of states) assert.doesNotMatch(state, /<script|onerror/);
  assert.equal(safeHtml(hostile.slice(0, 12)), "<p>a</p>");
});

Deno.test("html() has one frame, named, of an origin of its own, and no markup in it", () => {
  const { props, initial } = html({ sandbox: true, value: hostile, label: "Chart", size: "lg" });
  const drawn = renderToString(h(HtmlView, {
    id: "a",
    props: props as never,
    value: initial as never,
    interactive: true,
    status: { phase: "idle" },
  }));
  const [frame = ""] = /<iframe[^>]*>/.exec(drawn) ?? [];
  assert.match(frame, / title="Chart"/);
  assert.match(frame, / data-size="lg"/);
  assert.match(frame, / sandbox="allow-scripts"/);
  assert.match(frame, / referrerpolicy="no-referrer"/);
  assert.doesNotMatch(drawn, /srcdoc|allow-same-origin|canary/);
  assert.ok(html.component.alive(props) && !html.component.alive(html().props));
});

Deno.test("html() sums markup up by its text", () => {
  assert.equal(html.component.summary({ html: "<p>a <b>b</b></p>", active: false }), "a b");
});
