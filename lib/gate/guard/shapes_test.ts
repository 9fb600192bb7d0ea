import assert from "node:assert/strict";
import { Shapes } from "./shapes.ts";

Deno.test("Shapes has policies looked at once that differ in their nonce alone, each with its own nonce", () => {
  const shapes = new Shapes<{ policy: string }>();
  const seen: string[] = [];
  const make = (policy: string) => {
    seen.push(policy);
    return { policy: `${policy}; img-src 'self'` };
  };
  for (const nonce of ["a", "$&", "b"]) {
    const given = `script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'`;
    assert.equal(shapes.of(given, "", make).policy, `${given}; img-src 'self'`);
  }
  assert.equal(seen.length, 1);
  assert.ok(!seen[0]?.includes("nonce"));
});

Deno.test("Shapes has a policy looked at again for another reason, and one whose nonces differ", () => {
  const shapes = new Shapes<{ policy: string }>();
  const given = "script-src 'nonce-a'; style-src 'nonce-b'";
  assert.equal(shapes.of(given, "http", (policy) => ({ policy })).policy, given);
  assert.equal(
    shapes.of(given, "https", (policy) => ({ policy: policy.toUpperCase() })).policy.length,
    given.length,
  );
  const other = "script-src 'nonce-a'; style-src 'nonce-c'";
  assert.equal(shapes.of(other, "http", (policy) => ({ policy })).policy, other);
});

Deno.test("Shapes remembers so many policies and then begins anew: it does not grow with them", () => {
  const shapes = new Shapes<{ policy: string }>();
  let count = 0;
  const make = (policy: string) => (count++, { policy });
  for (let i = 0; i < 200; i++) shapes.of(`img-src ${i}`, "", make);
  shapes.of("img-src 0", "", make);
  assert.equal(count, 200);
  shapes.of("img-src more", "", make);
  shapes.of("img-src 0", "", make);
  assert.equal(count, 202);
});
