import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { signal } from "@preact/signals";
import { type ComponentChildren, h } from "preact";
import { App, setBuildCache } from "./app.ts";
import { emptyBuildCache, type Island } from "./build_cache.ts";
import type { AnyComponent } from "./components.ts";
import { HttpError } from "./error.ts";
import { page } from "./handlers.ts";

const get = (app: App<never> | App<unknown>, path: string, init?: RequestInit) =>
  (app.handler())(new Request(`http://test${path}`, init));

/** An app whose `fn` is an island called "Echo". */
function withIsland<State>(app: App<State>, fn: AnyComponent): App<State> {
  const island: Island = {
    name: "Echo",
    exportName: "Echo",
    file: "/_fresh/js/x/fresh-runtime.js",
    fn,
    css: [],
  };
  const cache = { ...emptyBuildCache(), runtimeFile: island.file, islands: new Map([[fn, island]]) };
  setBuildCache(app as App<never>, cache, "production");
  return app;
}

function Echo(props: { data: unknown; children?: ComponentChildren }) {
  return h("b", null, String(props.data), props.children);
}

Deno.test("App runs middlewares from the outside in, those of folders after those above", async () => {
  const order: string[] = [];
  const app = new App<unknown>()
    .use("/a", (ctx) => (order.push("a"), ctx.next()))
    .use(async (ctx) => {
      order.push("in");
      const response = await ctx.next();
      order.push("out");
      return response;
    })
    .get("/a/b", (ctx) => (order.push("own"), ctx.next()), (ctx) => ctx.text("ok"));
  equal(await (await get(app, "/a/b/")).text(), "ok");
  deepEqual(order, ["in", "a", "own", "out"]);
});

Deno.test("App replaces a lazy middleware by what it returned", async () => {
  let loads = 0;
  const app = new App<unknown>().use(() => (loads++, (ctx) => ctx.next())).get("/", (ctx) => ctx.text("ok"));
  const handler = app.handler();
  for (let i = 0; i < 3; i++) equal((await handler(new Request("http://test/"))).status, 200);
  equal(loads, 1);
});

Deno.test("App answers 404, 405 with Allow, and errors by their status", async () => {
  const app = new App<unknown>().get("/x", (ctx) => ctx.text("x")).get("/e", () => {
    throw new HttpError(418, "short and stout");
  });
  equal((await get(app, "/y")).status, 404);
  equal((await get(app, "/x", { method: "POST" })).status, 405);
  equal((await get(app, "/x", { method: "OPTIONS" })).headers.get("allow"), "GET");
  const teapot = await get(app, "/e");
  deepEqual([teapot.status, await teapot.text()], [418, "short and stout"]);
  equal(await (await get(app, "/x", { method: "HEAD" })).text(), "");
});

Deno.test("App hands an error of drawing a page to the nearest error page", async () => {
  const broken = () => {
    throw new HttpError(403, "no");
  };
  const app = new App<unknown>()
    .onError("/a", { component: ({ error }) => h("p", null, (error as Error).message) })
    .route("/a/b", { component: broken });
  const response = await get(app, "/a/b");
  equal(response.status, 403);
  match(await response.text(), /<p>no<\/p>/);
});

Deno.test("handler() rejects for a parameter with a broken escape, as upstream's does", async () => {
  const app = new App<unknown>().get("/x/:id", () => new Response()).get("/y", () => new Response());
  await rejects(() => get(app, "/x/%ff%fe"), URIError);
  equal((await get(app, "/y/%ff%fe")).status, 404);
});

Deno.test("a handler's data, status and headers reach the page", async () => {
  const app = new App<unknown>().route("/", {
    handler: { GET: () => page({ n: 1 }, { status: 201, headers: { "x-a": "1" } }) },
    component: ({ data }) => h("p", null, JSON.stringify(data)),
  });
  const response = await get(app, "/");
  deepEqual([response.status, response.headers.get("x-a")], [201, "1"]);
  match(await response.text(), /<p>\{&quot;n&quot;:1\}<\/p>/);
});

Deno.test("ctx.redirect() keeps a path on this host", async () => {
  const app = new App<unknown>().get("/", (ctx) => ctx.redirect("/\\evil.test//a?b=//c"));
  equal((await get(app, "/")).headers.get("location"), "/evil.test/a?b=//c");
});

Deno.test("ctx.stream() closes its source when the visitor leaves", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const app = new App<unknown>().get("/", (ctx) =>
    ctx.stream(async function* () {
      try {
        while (true) yield "x";
      } finally {
        resolve("closed");
      }
    }));
  const reader = (await get(app, "/")).body?.getReader();
  await reader?.read();
  await reader?.cancel();
  equal(await promise, "closed");
});

Deno.test("an island's props are written once however many islands share them", async () => {
  const shared = { big: "only once", n: signal(1) };
  const content = h("main", null, Array.from({ length: 20 }, () => h(Echo, { data: shared })));
  const html =
    await (await get(withIsland(new App<unknown>(), Echo).get("/", (ctx) => ctx.render(content)), "/"))
      .text();
  equal(html.match(/only once/g)?.length, 1);
  equal(html.match(/<!--frsh:island:Echo:/g)?.length, 20);
});

Deno.test("an island within an island's own content is a plain component, within its slot it is an island", async () => {
  const Outer = (props: { children?: ComponentChildren }) =>
    h("div", null, h(Echo, { data: "own" }), props.children);
  const app = withIsland(new App<unknown>(), Outer);
  const cache = { ...emptyBuildCache(), runtimeFile: "/r.js", islands: new Map<AnyComponent, Island>() };
  for (const [name, fn] of [["Outer", Outer], ["Echo", Echo]] as const) {
    cache.islands.set(fn, { name, exportName: name, file: "/r.js", fn, css: [] });
  }
  setBuildCache(app as App<never>, cache, "production");
  app.get("/", (ctx) => ctx.render(h(Outer, null, h(Echo, { data: "slot" }))));
  const html = await (await get(app, "/")).text();
  match(html, /<div><b>own<\/b><!--frsh:slot:0:children--><!--frsh:island:Echo:1:--><b>slot<\/b>/);
});

Deno.test("a vnode that is a constant of a module can be drawn again", async () => {
  const content = h(Echo, { data: "same" });
  const handler = withIsland(new App<unknown>(), Echo).get("/", (ctx) => ctx.render(content)).handler();
  const bodies = [];
  for (let i = 0; i < 2; i++) {
    const html = await (await handler(new Request("http://test/"))).text();
    bodies.push(html.replace(/nonce="\w+"/g, ""));
  }
  equal(bodies[0], bodies[1]);
});

Deno.test("a prop that would not arrive as it is names the island and the prop", async () => {
  const app = withIsland(new App<unknown>(), Echo)
    .onError((ctx) => ctx.text(String((ctx.error as Error).message)))
    .get("/", (ctx) => ctx.render(h(Echo, { data: { u: new Uint8Array(4).subarray(1) } })));
  using _quiet = silence();
  match(
    await (await get(app, "/")).text(),
    /^Cannot pass prop "data\.u" to island "Echo": it is a Uint8Array that is a view on part of a larger buffer/,
  );
});

Deno.test("text of island props cannot end the script", async () => {
  const data = "</script><script>alert(1)</script><!-- '\\ \u2028";
  const html = await (await get(
    withIsland(new App<unknown>(), Echo).get("/", (ctx) => ctx.render(h(Echo, { data }))),
    "/",
  )).text();
  const script = html.slice(html.indexOf("boot({"));
  equal(script.indexOf("</script>"), script.lastIndexOf("</script>"));
  const literal = /,('.*')\);<\/script>/s.exec(script)?.[1];
  deepEqual(JSON.parse(new Function(`return ${literal}`)())[2], data);
});

Deno.test("App.handler() refuses what is no response", async () => {
  using _quiet = silence();
  const response = await get(new App<unknown>().get("/", () => "x" as unknown as Response), "/");
  equal(response.status, 500);
  await rejects(async () => await new App<unknown>({ basePath: "no-slash" }), /it must start with/);
});

/** Keeps expected errors out of the test's output. */
function silence(): Disposable {
  const target = globalThis.console;
  const { error } = target;
  target.error = () => {};
  return { [Symbol.dispose]: () => void (target.error = error) };
}
