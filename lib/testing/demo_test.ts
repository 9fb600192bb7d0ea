import assert from "node:assert/strict";
import { Blocks, button, image, label, markdown, number, on } from "atoll";
import { openDemo } from "./demo.ts";

const png = await Deno.readFile(new URL("../../static/samples/digit_2.png", import.meta.url));

Deno.test("openDemo().run() gives what a run wrote as handlers receive it, with its types", async () => {
  const page = Blocks({
    fields: { go: button("Go"), said: markdown(), n: number(), photo: image(), verdict: label() },
    actions: ({ go, said, n, photo, verdict }) => ({
      give: on(go.click, {
        outputs: { said, n, photo, verdict },
        fn: () => ({ said: "**bold**", n: 3, photo: png, verdict: { cat: 0.75, dog: 0.25 } }),
      }),
    }),
  });
  await using app = openDemo(page);
  const given = await app.run("give");
  const said: string | undefined = given.said;
  assert.equal(said, "**bold**");
  const n: number | null | undefined = given.n;
  assert.equal(n, 3);
  assert.deepEqual(await given.photo?.bytes(), png);
  assert.equal(given.photo?.mime, "image/png");
  assert.deepEqual(given.verdict, (await app.run("give")).verdict);
});
