import assert from "node:assert/strict";
import { openDemo } from "atoll/testing";
import chatOfState from "@/routes/demos/chat_of_state.tsx";

Deno.test("chat_of_state remembers what one page said, and nothing of another", async () => {
  await using app = openDemo(chatOfState);
  const other = { session: app.engine.sessions.mint() };
  await app.run("say", { message: "one" });
  await app.run("say", { message: "two" });
  assert.deepEqual((await app.run("say", { message: "three" })).held, {
    count: 3,
    said: ["one", "two", "three"],
  });
  assert.deepEqual((await app.run("say", { message: "mine" }, other)).held, { count: 1, said: ["mine"] });
});

Deno.test("chat_of_state forgets all when it is told to, and draws again what is held", async () => {
  await using app = openDemo(chatOfState);
  await app.run("say", { message: "one" });
  const drawn = await app.run("show");
  assert.deepEqual(drawn.held, { count: 1, said: ["one"] });
  await app.run("clear");
  assert.deepEqual((await app.run("show")).held, { count: 0, said: [] });
});

Deno.test("chat_of_state keeps the last 20 messages and counts on", async () => {
  await using app = openDemo(chatOfState);
  for (let i = 1; i < 25; i++) await app.run("say", { message: `m${i}` });
  const { held, conversation } = await app.run("say", { message: "last" });
  const { count, said } = held as { count: number; said: string[] };
  assert.deepEqual([count, said.length, said[0]], [25, 20, "m6"]);
  assert.match(String(conversation), /message 25\. Before it you said “m24”/);
});

Deno.test("chat_of_state refuses an empty message, at its field", async () => {
  await using app = openDemo(chatOfState);
  await assert.rejects(app.run("say", { message: "  " }), { code: "bad_input", field: "message" });
});
