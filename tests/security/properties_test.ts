import assert from "node:assert/strict";
import fc from "fast-check";
import { builtIn } from "@/components/mod.ts";
import { cookieName, readCookie } from "@/lib/gate/auth_cookie.ts";
import { componentOf } from "@/lib/demo/component.ts";
import type { AnyField } from "@/lib/value/field.ts";
import { openClub, Visitor } from "@/tests/club.tsx";
import asked from "./routes/asked.tsx";
import { fitting } from "./schema_values.ts";

const NAME = cookieName("main");
const token = fc.string({ unit: fc.constantFrom(...'aB0-_=%" ;,'.split("")), maxLength: 12 });
const odd = fc.constantFrom("", NAME, "__proto__", "constructor", `${NAME}x`, `x${NAME}`, NAME.toUpperCase());

Deno.test("readCookie() gives a value that stands there once under just this name, or nothing", () => {
  const pair = fc.tuple(fc.oneof(odd, token), token).map(([name, value]) => `${name}=${value}`);
  const header = fc.array(fc.oneof(pair, token), { maxLength: 6 }).map((parts) => parts.join(";"));
  fc.assert(
    fc.property(header, (header) => {
      const values = header.split(";").map((part) => /^([^=]*)=(.*)$/.exec(part))
        .filter((match) => match?.[1]?.trim() === NAME).map((match) => match?.[2]?.trim());
      const request = new Request("http://localhost/", { headers: { cookie: header } });
      assert.equal(readCookie(request, NAME), values.length === 1 ? values[0] : undefined);
    }),
    { numRuns: 2000, seed: 12 },
  );
});

Deno.test("No cookie made of the right one by cutting, doubling and changing it is a login", async () => {
  await using club = openClub();
  const ada = new Visitor(club);
  await ada.login("ada");
  const right = ada.cookies.get(NAME) as string;
  const status = async (cookie: string) => {
    const response = await club.ask("/club/api", { headers: { cookie } });
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await status(`${NAME}=${right}`), 200);
  const at = fc.nat(right.length - 1);
  const changed = fc.oneof(
    fc.tuple(at, fc.constantFrom(...'aB0-_=. %"')).map(([at, by]) =>
      right.slice(0, at) + by + right.slice(at + 1)
    ),
    at.map((at) => right.slice(0, at)),
    at.map((at) => right.slice(at + 1)),
    fc.tuple(at, at).map(([from, to]) => right + right.slice(from, to)),
    fc.string({ unit: "grapheme-ascii", maxLength: 60 }),
  );
  await fc.assert(
    fc.asyncProperty(changed, async (changed) => {
      fc.pre(changed.trim() !== right && !changed.includes(";"));
      assert.equal(await status(`${NAME}=${changed}`), 401, changed);
    }),
    { numRuns: 400, seed: 12 },
  );
});

Deno.test("G34: whatever a field takes it takes again as the same, after a way through JSON", () => {
  const seen = new Set<string>();
  for (const [key, field] of Object.entries(asked.demo.fields) as [string, AnyField][]) {
    const component = componentOf(field);
    seen.add(component.kind);
    if (component.holds === "session" || component.contains) continue;
    const wire = component.wire(field.props);
    fc.assert(
      fc.property(fitting(component.jsonSchema(field.props)), (value) => {
        const taken = wire.safeParse(value);
        if (!taken.success) return;
        const again = wire.safeParse(JSON.parse(JSON.stringify(taken.data)));
        assert.deepEqual(again.data, JSON.parse(JSON.stringify(taken.data)), key);
      }),
      { numRuns: 300, seed: 34 },
    );
  }
  const without = Object.values(builtIn).filter(({ contains, kind }) => !contains && !seen.has(kind));
  assert.deepEqual(without.map(({ kind }) => kind), [], "add a field of it to routes/asked.tsx");
});
