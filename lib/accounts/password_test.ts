import assert from "node:assert/strict";
import { checkPassword, type Derive, derive, hashPassword, type PasswordCost, readHash } from "./password.ts";

const cheap = { logN: 14, r: 8, p: 1 };

Deno.test("checkPassword() knows the password of a hash and no other", async () => {
  const hash = await hashPassword("correct horse", cheap);
  assert.equal(await checkPassword("correct horse", hash), true);
  assert.equal(await checkPassword("correct hors", hash), false);
  assert.equal(await checkPassword("Correct horse", hash), false);
  assert.notEqual(hash, await hashPassword("correct horse", cheap), "two hashes have two salts");
});

Deno.test("No password is cut: 72 and 73 bytes differ, and 1,024 bytes are the most", async () => {
  const long = "x".repeat(72);
  const hash = await hashPassword(`${long}a`, cheap);
  assert.equal(await checkPassword(long, hash), false);
  assert.equal(await checkPassword(`${long}b`, hash), false);
  assert.equal(await checkPassword(`${long}a`, hash), true);
  assert.equal(await checkPassword("y".repeat(1024), await hashPassword("y".repeat(1024), cheap)), true);
  for (const wrong of ["", "y".repeat(1025), "é".repeat(513), "z".repeat(1_000_000)]) {
    await assert.rejects(hashPassword(wrong, cheap), { code: "bad_request" });
    await assert.rejects(checkPassword(wrong, hash), { code: "bad_request" });
  }
});

Deno.test("A password has no control characters: a NUL at its end would not count", async () => {
  const hash = await hashPassword("pw", cheap);
  for (
    const wrong of ["pw\0", "pw\0\0", "\0pw", "p\0w", "pw\n", "pw\r\n", "\tpw", "pw\x7f", "pw\x85", "\0"]
  ) {
    await assert.rejects(hashPassword(wrong, cheap), { code: "bad_request" }, JSON.stringify(wrong));
    await assert.rejects(checkPassword(wrong, hash), { code: "bad_request" }, JSON.stringify(wrong));
  }
  assert.equal(await checkPassword("pw ", hash), false);
  assert.equal(await checkPassword("pw", hash), true);
});

Deno.test("A password is the same however its letters were composed", async () => {
  const hash = await hashPassword("caf\u00e9 👩‍🚀", cheap);
  assert.equal(await checkPassword("cafe\u0301 👩‍🚀", hash), true);
});

Deno.test("checkPassword() does the work of a hash when there is none", async () => {
  const model = await hashPassword("x", { logN: 14, r: 8, p: 2 });
  const worked: PasswordCost[] = [];
  const counting: Derive = (password, salt, cost) => {
    worked.push(cost);
    return derive(password, salt, cost);
  };
  assert.equal(await checkPassword("y", model, undefined, counting), false);
  assert.equal(await checkPassword("y", undefined, model, counting), false);
  assert.deepEqual(worked[1], worked[0], "for nobody as for somebody");
  assert.equal(await checkPassword("y", undefined, undefined, counting), false);
  assert.equal(worked.length, 3);
  assert.equal(await checkPassword("x", undefined, model), false, "nobody has the password of the model");
});

Deno.test("readHash() refuses what is no hash, or was made too cheaply", () => {
  const salt = "A".repeat(22);
  const hash = "B".repeat(43);
  for (
    const wrong of [
      "admin",
      "",
      `$scrypt$ln=13,r=8,p=1$${salt}$${hash}`,
      `$scrypt$ln=15,r=1,p=1$${salt}$${hash}`,
      `$scrypt$ln=15,r=8,p=0$${salt}$${hash}`,
      `$scrypt$ln=30,r=8,p=1$${salt}$${hash}`,
      `$scrypt$ln=15,r=8,p=1$${salt}$short`,
      `$2b$10$${salt}$${hash}`,
    ]
  ) assert.throws(() => readHash(wrong), /scrypt hash/, wrong);
  assert.deepEqual(readHash(`$scrypt$ln=15,r=8,p=3$${salt}$${hash}`).cost, { logN: 15, r: 8, p: 3 });
});
