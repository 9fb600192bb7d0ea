import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { Sessions, userOf } from "./sessions.ts";

const ADA = "main:ada";

function sessionsOf(secret: Uint8Array): Sessions {
  return new Sessions({
    secret,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    capacity: 10,
    sessionBytes: 1000,
    totalBytes: 10_000,
    now: () => 0,
    after: () => ({ [Symbol.dispose]: () => {} }),
    broke: () => {},
  });
}

Deno.test("Sessions.open() takes a token for its own user only, whatever is written behind it, before and after its use", () => {
  const sessions = sessionsOf(new Uint8Array(32).fill(7));
  const token = sessions.mint(ADA);
  const open = sessions.mint();
  const [id = "", signature = ""] = token.split(".");
  const forged: (readonly [token: unknown, user: string | undefined])[] = [
    [`${token}@${ADA}`, undefined],
    [token, undefined],
    [token, ""],
    [token, "main:eve"],
    [token, "main:ada@main:ada"],
    [`${token}@main:ad`, "a"],
    [`${token}@`, ADA],
    [`${id}@${ADA}.${signature}`, undefined],
    [`${id}.${signature}@${ADA}`, "main:eve"],
    [`${token}\0`, ADA],
    [` ${token}`, ADA],
    [token.toUpperCase(), ADA],
    [token.slice(0, -1), ADA],
    [`${id}.`, ADA],
    [`${id.slice(1)}a.${signature}`, ADA],
    [[token], ADA],
    [{ toString: () => token }, ADA],
    [open, ADA],
    [`${open}@${ADA}`, undefined],
    [open, ""],
    ["", undefined],
    ["@main:ada", undefined],
  ];
  for (const round of ["not used yet", "used"]) {
    for (const [given, user] of forged) {
      assert.throws(() => sessions.open(given, user), { code: "expired" }, `${round}: ${given} of ${user}`);
      assert.equal(sessions.knows(given, user), false);
    }
    assert.equal(userOf(sessions.open(token, ADA).id), ADA);
    assert.equal(userOf(sessions.open(open).id), undefined);
  }
});

Deno.test("Sessions.mint() signs by HMAC-SHA-256, for secrets of any length", () => {
  for (const length of [32, 63, 64, 65, 200]) {
    const secret = crypto.getRandomValues(new Uint8Array(length));
    const token = sessionsOf(secret).mint(ADA);
    const [id = "", signature] = token.split(".");
    const right = createHmac("sha256", secret).update(`${id}@${ADA}`).digest("hex").slice(0, 32);
    assert.equal(signature, right, `${length} bytes`);
    assert.equal(sessionsOf(secret).knows(token, ADA), true, "another process with the secret knows it");
  }
});
