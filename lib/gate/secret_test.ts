import assert from "node:assert/strict";
import { oneLine } from "@/lib/ops/one_line.ts";
import { readSecret } from "./secret.ts";

const GOOD = "q7Zr1vTn0xJc5LwYd3KfUe8PsGhBm2Aa4RiOoN6tXyE=";
const read = (env: Record<string, string>) => readSecret((name) => env[name]);
const said = (text: string) => {
  try {
    read({ ATOLL_SECRET: text });
  } catch (error) {
    assert.ok(error instanceof RangeError);
    assert.ok(text === "" || !error.message.includes(text), error.message);
    return error.message;
  }
  return "taken";
};

Deno.test("F20: readSecret() takes what is random, and refuses what people guess", () => {
  assert.equal(said(GOOD), "taken");
  assert.equal(read({}), undefined);
  for (const text of ["", "hush", GOOD.slice(0, 31)]) assert.match(said(text), /at least 32 characters/);
  for (
    const text of [
      `changeme${GOOD}`,
      `Change-Me-${GOOD}`,
      `my-secret-key-for-production-1a2b3c`,
      `${GOOD}password`,
      "this-is-the-default-key-of-our-app",
      "abcdefghijklmnopqrstuvwxyz012345",
    ]
  ) assert.match(said(text), /a word in it that people guess first/, text);
  for (const text of ["a".repeat(64), "ab1".repeat(20), "k3X9pQ7zR2mT".repeat(3), "0101110001".repeat(5)]) {
    assert.match(said(text), /repeats itself/, text);
  }
});

Deno.test("readSecret() reads a file that only its owner may read", async () => {
  const folder = await Deno.makeTempDir();
  // A path that ends like the name of a secret: its message is whole in the log, too.
  const file = `${folder}/secret`;
  const refused = (path: string, why: string) => {
    const message = `Cannot use ATOLL_SECRET_FILE: ${why}`;
    assert.equal(oneLine(message), message);
    assert.throws(() => read({ ATOLL_SECRET_FILE: path }), { name: "RangeError", message });
  };
  try {
    await Deno.writeTextFile(file, `${GOOD}\n`, { mode: 0o600 });
    assert.deepEqual(read({ ATOLL_SECRET_FILE: file }), new TextEncoder().encode(GOOD));
    assert.throws(
      () => read({ ATOLL_SECRET_FILE: file, ATOLL_SECRET: GOOD }),
      /^RangeError: Cannot use both/,
    );
    refused(`${folder}/none/secret`, `there is no file ${folder}/none/secret`);
    for (const mode of [0o644, 0o640, 0o604, 0o666]) {
      await Deno.chmod(file, mode);
      refused(file, `others may read ${file}; only its owner should (chmod 600)`);
    }
    await Deno.chmod(file, 0o400);
    assert.ok(read({ ATOLL_SECRET_FILE: file }));
    await Deno.chmod(file, 0o600);
    await Deno.writeTextFile(file, "changeme changeme changeme changeme");
    assert.throws(() => read({ ATOLL_SECRET_FILE: file }), /Cannot use ATOLL_SECRET_FILE: it has a word/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
