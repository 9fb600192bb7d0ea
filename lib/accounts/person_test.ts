import assert from "node:assert/strict";
import { personOf } from "./person.ts";

Deno.test("personOf() takes people, and nobody who only looks like one", () => {
  const holes = ["viewer"];
  holes.length = 2;
  const odd: Readonly<Record<string, readonly [given: unknown, why: RegExp]>> = {
    "the text false": ["false", /a text of 5 letters/],
    "an empty text": ["", /gave an empty text/],
    "true": [true, /gave a boolean/],
    "1": [1, /gave a number/],
    "0": [0, /gave a number/],
    "an empty object": [{}, /a name that is undefined/],
    "an array": [["ada", []], /gave an array/],
    "a function": [() => ({ name: "ada", roles: [] }), /gave a function/],
    "a number for a name": [{ name: 5, roles: [] }, /a name that is a number/],
    "null for a name": [{ name: null, roles: [] }, /a name that is null/],
    "an object for a name": [{ name: { toString: () => "ada" }, roles: [] }, /a name that is an object/],
    "an empty name": [{ name: "", roles: [] }, /a name of 0 letters/],
    "a name of 256 letters": [{ name: "x".repeat(256), roles: [] }, /a name of 256 letters/],
    "a name with NUL": [{ name: "ada\0", roles: [] }, /control characters/],
    "a name with a line's end": [{ name: "ada\nroot", roles: [] }, /control characters/],
    "half a letter": [{ name: "\ud800", roles: [] }, /control characters/],
    "no roles": [{ name: "ada" }, /roles that are undefined/],
    "null for roles": [{ name: "ada", roles: null }, /roles that are null/],
    "a text for roles": [{ name: "ada", roles: "admin" }, /roles that are a text of 5 letters/],
    "a set for roles": [{ name: "ada", roles: new Set(["admin"]) }, /roles that are an object/],
    "a number among roles": [{ name: "ada", roles: ["viewer", 1] }, /a role that is a number/],
    "an array among roles": [{ name: "ada", roles: [["admin"]] }, /a role that is an array/],
    "an empty role": [{ name: "ada", roles: [""] }, /a role that is an empty text/],
    "a hole among roles": [{ name: "ada", roles: holes }, /a role that is undefined/],
    "what an array only looks like": [{ name: "ada", roles: { length: 1, 0: "admin" } }, /an object/],
  };
  for (const [name, [given, why]] of Object.entries(odd)) {
    assert.throws(() => personOf(given, "The function"), why, name);
    assert.throws(
      () => personOf(given, "The function"),
      /^TypeError: The function gave .*It gives \{ name, roles \}/,
    );
  }
  for (const nobody of [undefined, null, false]) assert.equal(personOf(nobody, "The function"), undefined);
  const roles = ["viewer"];
  const ada = personOf({ name: "ada", roles, password: "lovelace" }, "The function");
  roles.push("admin");
  assert.deepEqual(ada, { name: "ada", roles: ["viewer"] });
});

Deno.test("personOf() says what was given, and no value of it", () => {
  assert.throws(
    () => personOf({ name: "ada", roles: "s3cret" }, "The function"),
    (error) => error instanceof TypeError && !error.message.includes("s3cret"),
  );
});

Deno.test("personOf() takes no role with control characters, and no more roles than the array has", () => {
  for (const role of ["a\0b", "a\nb", "a\u007f", "a\ud800"]) {
    assert.throws(
      () => personOf({ name: "ada", roles: [role] }, "It"),
      /It gave a role with control characters/,
    );
  }
  const roles = Object.assign(["viewer"], {
    *[Symbol.iterator]() {
      yield* ["viewer", "admin"];
    },
  });
  assert.deepEqual(personOf({ name: "ada", roles }, "It")?.roles, ["viewer"]);
});
