import assert from "node:assert/strict";
import { hashPassword } from "./password.ts";
import { parseUsers, usersFile, writeUsers } from "./users_file.ts";

const context = { signal: new AbortController().signal };
const cheap = { logN: 14, r: 8, p: 1 };

Deno.test("usersFile() knows the users of its file, as it is at the moment", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/users`;
    const users = usersFile(path);
    await assert.rejects(
      async () => await users.find?.("ada", context),
      /There is no file of users at .*users. Make one/,
    );
    const ada = { name: "ada", roles: ["editor"], hash: await hashPassword("first", cheap) };
    await writeUsers(path, [ada]);
    const known = await users.check("ada", "first", context);
    assert.deepEqual({ ...known, mark: "" }, { subject: "ada", name: "ada", roles: ["editor"], mark: "" });
    assert.equal(await users.check("ada", "second", context), undefined);
    assert.equal(await users.check("grace", "first", context), undefined);
    assert.equal(await users.check("__proto__", "first", context), undefined);

    await writeUsers(path, [{ ...ada, roles: ["viewer"] }]);
    assert.deepEqual((await users.find?.("ada", context))?.roles, ["viewer"]);
    assert.equal(
      (await users.find?.("ada", context))?.mark,
      known?.mark,
      "the same password has the same mark",
    );
    await writeUsers(path, [{ ...ada, hash: await hashPassword("second", cheap) }]);
    assert.notEqual((await users.find?.("ada", context))?.mark, known?.mark);
    await writeUsers(path, []);
    assert.equal(await users.find?.("ada", context), undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("writeUsers() leaves a file that only its owner reads, and nothing beside it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/users`;
    await Deno.writeTextFile(path, "");
    await Deno.chmod(path, 0o644);
    await writeUsers(path, [{ name: "ada", roles: [], hash: await hashPassword("x", cheap) }]);
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    assert.deepEqual((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), ["users"]);
    await assert.rejects(writeUsers(`${folder}/none/users`, []));
    assert.deepEqual((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), ["users"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("parseUsers() says which line is wrong and why, and takes no name that looks like another", async () => {
  const hash = await hashPassword("x", cheap);
  assert.deepEqual([...parseUsers(`# people\n\nada:viewer,editor:${hash}\n`, "users").keys()], ["ada"]);
  const cases: Record<string, RegExp> = {
    [`ada:viewer:admin`]: /Cannot use users, line 1: .*scrypt hash/,
    [`ada:viewer:${hash}\nada::${hash}`]: /line 2: "ada" stands there twice/,
    [`ada:Viewer:${hash}`]: /line 1: Cannot use the role "Viewer"/,
    [`ada:${hash}`]: /line 1/,
    [`Admin::${hash}`]: /"Admin" is no name/,
    [`admin ::${hash}`]: /"admin " is no name/,
    [`\u0430dmin::${hash}`]: /is no name/,
    [`admin\0::${hash}`]: /is no name/,
    [`\uff41dmin::${hash}`]: /is no name/,
  };
  for (const [text, expected] of Object.entries(cases)) {
    assert.throws(() => parseUsers(text, "users"), expected, text);
  }
});
