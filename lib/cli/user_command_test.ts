import assert from "node:assert/strict";
import { Keys } from "@/lib/accounts/keys.ts";
import { checkPassword } from "@/lib/accounts/password.ts";
import { parseUsers } from "@/lib/accounts/users_file.ts";
import { openStore } from "@/lib/store/records_open.ts";
import { userCommand } from "./user_command.ts";

const root = new URL("../../", import.meta.url);

async function setting(store?: (data: string) => string) {
  const data = await Deno.makeTempDir();
  const said: string[] = [];
  const noted: string[] = [];
  let uid = Deno.uid();
  const run = async (...args: string[]) => {
    said.length = noted.length = 0;
    await userCommand(args, {
      data,
      store: store?.(data),
      say: (text) => said.push(text),
      note: (text) => noted.push(text),
      uid,
      password: () => Promise.resolve("sea-level"),
      open: openStore,
    });
    return said.join("\n");
  };
  const users = async () => parseUsers(await Deno.readTextFile(`${data}/users`), "users");
  return {
    data,
    run,
    users,
    noted,
    as: (id: number) => void (uid = id),
    [Symbol.asyncDispose]: () => Deno.remove(data, { recursive: true }),
  };
}

Deno.test("deno task user makes, changes and removes users", async () => {
  await using at = await setting();
  assert.equal(await at.run("add", "ada", "--roles", "viewer,editor"), "ada can log in now");
  const ada = (await at.users()).get("ada");
  assert.deepEqual(ada?.roles, ["viewer", "editor"]);
  assert.ok(await checkPassword("sea-level", ada?.hash));
  assert.equal(await at.run("roles", "ada", "viewer"), "ada has the roles: viewer");
  assert.equal((await at.users()).get("ada")?.hash, ada?.hash);
  await at.run("password", "ada");
  assert.notEqual((await at.users()).get("ada")?.hash, ada?.hash);
  assert.equal(await at.run("list"), "ada  viewer");
  await at.run("remove", "ada");
  assert.equal((await at.users()).size, 0);
});

Deno.test("deno task user says what is wrong and changes nothing", async () => {
  await using at = await setting();
  await at.run("add", "ada");
  const before = await Deno.readTextFile(`${at.data}/users`);
  for (
    const [args, message] of [
      [["add", "ada"], /There is a user "ada" .* already/],
      [["add", "Ada"], /can be no name/],
      [["add", ""], /can be no name/],
      [["add", "bob", "--roles", "Big Boss"], /Cannot use the role "Big Boss"/],
      [["remove", "bob"], /There is no user "bob"/],
      [["password", "bob"], /There is no user "bob"/],
      [["key", "bob", "--label", "x"], /There is no user "bob"/],
      [["key", "ada"], /Give the key a name/],
      [["key", "ada", "--label", "x", "--days", "soon"], /not a number/],
      [
        ["keys", "ada"],
        /There are no records at .*atoll.db. Set STORE and ATOLL_DATA to what the server has/,
      ],
      [["revoke", "ada", "0123456789abcdef"], /There are no records at/],
      [["list", "--role", "x"], /^Error: Unknown option '--role'; see deno task user --help$/],
      [["list", "--file"], /^Error: Option '--file <value>' argument missing; see deno task user --help$/],
      [["dance"], /deno task user <command>/],
      [[], /deno task user <command>/],
    ] as const
  ) await assert.rejects(at.run(...args), message, args.join(" "));
  assert.equal(await Deno.readTextFile(`${at.data}/users`), before);
});

Deno.test("deno task user says how it is used", async () => {
  await using at = await setting();
  for (const flag of ["--help", "-h"]) assert.match(await at.run(flag), /^deno task user <command>/);
});

Deno.test("deno task user says which keys another password has ended", async () => {
  await using at = await setting();
  await at.run("add", "ada");
  const old = await at.run("key", "ada", "--label", "old");
  await at.run("password", "ada");
  assert.equal(await at.run("keys", "ada"), `${old.slice(4, 20)}  old  /*  ended by another password`);
});

Deno.test("deno task user makes keys and takes them back", async () => {
  await using at = await setting();
  await at.run("add", "ada", "--roles", "viewer");
  const token = await at.run("key", "ada", "--label", "nightly", "--routes", "/demos/*");
  const id = /^atk_([0-9a-f]{16})_[\w-]{43}$/.exec(token)?.[1] as string;
  assert.equal(await at.run("keys", "ada"), `${id}  nightly  /demos/*`);
  assert.match(at.noted.join("\n"), /The server's records: .*atoll.db, as ATOLL_DATA says; STORE is not set/);
  await assert.rejects(at.run("revoke", "ada", "0123456789abcdef"), /There is no such key/);
  await at.run("revoke", "ada", id);
  assert.equal(await at.run("keys", "ada"), "");
  assert.match(at.noted.join("\n"), /ada has no keys in the realm "main"/);
});

Deno.test("deno task user makes, lists and takes back keys in the records that STORE names, and says so", async () => {
  await using at = await setting((data) => `sqlite:${data}/records.db`);
  await at.run("add", "ada", "--roles", "viewer");
  // What a command without STORE has left behind.
  await (await openStore(`sqlite:${at.data}/atoll.db`))[Symbol.asyncDispose]();
  const token = await at.run("key", "ada", "--label", "nightly", "--realm", "members");
  assert.match(
    at.noted.join("\n"),
    /records.db, as STORE says[^]*other records at .*atoll.db[^]*they are made now/,
  );
  await using server = await openStore(`sqlite:${at.data}/records.db`);
  const parts = { store: () => Promise.resolve(server), now: Date.now, random: () => new Uint8Array() };
  assert.equal((await new Keys(parts).find("members", token))?.name, "ada", "the server finds it");
  assert.deepEqual((await new Keys(parts).find("members", token))?.roles, ["viewer"]);
  await server[Symbol.asyncDispose]();
  assert.equal(await at.run("keys", "ada", "--realm", "members"), `${token.slice(4, 20)}  nightly  /*`);
  assert.equal(
    await at.run("revoke", "ada", token.slice(4, 20), "--realm", "members"),
    `The key ${token.slice(4, 20)} is taken back`,
  );
});

Deno.test("deno task user leaves files to whoever owns them", async () => {
  await using at = await setting();
  // Whoever is not root cannot give files away, and need not.
  const isRoot = Deno.uid() === 0;
  const give = async (path: string, uid: number) => isRoot ? await Deno.chown(path, uid, uid) : undefined;
  const own = async (path: string) => (await Deno.stat(`${at.data}/${path}`)).uid;
  await give(at.data, 4242);
  await at.run("add", "ada");
  assert.equal(await own("users"), isRoot ? 4242 : Deno.uid(), "the folder's");
  await give(`${at.data}/users`, 4243);
  await at.run("add", "bob");
  assert.equal(await own("users"), isRoot ? 4243 : Deno.uid(), "the file's");
  await at.run("key", "ada", "--label", "nightly");
  await give(`${at.data}/atoll.db`, 4242);
  at.as(0);
  for (
    const command of [["keys", "ada"], ["key", "ada", "--label", "x"], ["revoke", "ada", "0123456789abcdef"]]
  ) {
    await assert.rejects(at.run(...command), /belongs to the user with the id \d+. Run this as that user/);
  }
});

Deno.test("deno task user reads the password from standard input and shows none of it", async () => {
  const data = await Deno.makeTempDir();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "lib/cli/user.ts", "add", "ada"],
    cwd: root,
    env: { ATOLL_DATA: data },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("from-a-pipe\nand more"));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.equal(code, 0, text);
  assert.equal(text.trim(), "ada can log in now");
  const users = parseUsers(await Deno.readTextFile(`${data}/users`), "users");
  assert.ok(await checkPassword("from-a-pipe", users.get("ada")?.hash));
  assert.equal((await Deno.stat(`${data}/users`)).mode! & 0o777, 0o600);
  await Deno.remove(data, { recursive: true });
});
