import assert from "node:assert/strict";
import { hashPassword } from "./password.ts";
import { parseUsers, usersFile, writeUsers } from "./users_file.ts";

const context = { signal: new AbortController().signal, data: "data" };
const cheap = { logN: 14, r: 8, p: 1 };

Deno.test("usersFile() knows the users of its file, as it is at the moment", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/users`;
    const users = usersFile(path);
    await assert.rejects(
      async () => await users.find?.("ada", context),
      /Cannot read the file of users at .*users: there is none. Make one, .*deno task user add/,
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
    [`Admin::${hash}`]: /"Admin" is not a valid user name/,
    [`admin ::${hash}`]: /"admin " is not a valid user name/,
    [`\u0430dmin::${hash}`]: /is not a valid user name/,
    [`admin\0::${hash}`]: /is not a valid user name/,
    [`\uff41dmin::${hash}`]: /is not a valid user name/,
  };
  for (const [text, expected] of Object.entries(cases)) {
    assert.throws(() => parseUsers(text, "users"), expected, text);
  }
});

Deno.test("usersFile() without a path reads users in the server's folder for data", async () => {
  const data = await Deno.makeTempDir();
  try {
    await writeUsers(`${data}/users`, [{ name: "ada", roles: [], hash: await hashPassword("x", cheap) }]);
    assert.equal((await usersFile().find?.("ada", { ...context, data }))?.name, "ada");
    await assert.rejects(
      async () => await usersFile().ready?.({ ...context, data: `${data}/none` }),
      /there is none/,
    );
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});

Deno.test({
  name: "usersFile() says what the server has no right to, and what would be right",
  permissions: { read: [] },
  fn: async () => {
    for (const ask of ["ready", "find", "check"] as const) {
      const users = usersFile("/var/lib/elsewhere/users");
      const asked = async () =>
        await (ask === "ready"
          ? users.ready?.(context)
          : ask === "find"
          ? users.find?.("ada", context)
          : users.check("ada", "x", context));
      await assert.rejects(
        asked,
        /^Error: Cannot read the file of users at \/var\/lib\/elsewhere\/users: the server has no right to it\. Put it into ATOLL_DATA/,
      );
    }
  },
});

Deno.test("usersFile() says of a file that cannot be read why, and of a wrong line which", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const ready = async (path: string) => await usersFile(path).ready?.(context);
    await assert.rejects(ready(folder), /Cannot read the file of users at .*: Is a directory/);
    await Deno.writeTextFile(`${folder}/users`, "ada:viewer:lovelace\n");
    await assert.rejects(ready(`${folder}/users`), /Cannot use .*users, line 1: .*scrypt hash/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
