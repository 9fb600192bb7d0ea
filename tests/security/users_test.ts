import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { Blocks, button, number, on, textbox } from "atoll";
import { openDemo } from "atoll/testing";
import { openClub, Visitor } from "@/tests/club.tsx";

Deno.test("H17: 500 events at once of three people are each told who asks, from the login to the handler", async () => {
  await using club = openClub();
  const names = ["ada", "bob", "cyd"] as const;
  const people = await Promise.all(names.map(async (name) => {
    const one = new Visitor(club);
    assert.equal((await one.login(name)).status, 303);
    return { name, one, session: await one.open() };
  }));
  await Promise.all(Array.from({ length: 500 }, async (_, at) => {
    const { name, one, session } = people[at % people.length] as (typeof people)[number];
    const text = await (await one.event({ action: "hello", session })).text();
    assert.match(text, new RegExp(`Hello ${name} \\(`));
    for (const other of names) if (other !== name) assert.ok(!text.includes(`Hello ${other}`));
  }));
});

const waiting = Blocks({
  fields: { go: button("Go"), turns: number(), out: textbox() },
  actions: ({ go, turns, out }) => ({
    who: on(go.click, {
      inputs: turns,
      outputs: out,
      concurrencyLimit: null,
      async *fn(turns, { request, session }) {
        for (let at = 0; at < (turns ?? 0); at++) {
          await (at % 2 ? setImmediate() : Promise.resolve());
          yield `${request.user?.id} ${session.slice(0, 22)}`;
        }
        yield `${request.user?.id} ${request.cookies.mark} ${session.slice(0, 22)}`;
      },
    }),
  }),
});

Deno.test("H17: 500 handlers that wait in turn keep the user, the cookies and the session of their own request", async () => {
  await using app = openDemo(waiting);
  await Promise.all(Array.from({ length: 500 }, async (_, at) => {
    const id = `user ${at % 50}`;
    const session = app.engine.sessions.mint();
    const request = { user: { id, name: id, roles: [] }, cookies: { mark: `mark ${at}` } };
    const { out } = await app.run("who", { turns: at % 9 }, { session, request });
    assert.equal(out, `${id} mark ${at} ${session.slice(0, 22)}`);
  }));
});
