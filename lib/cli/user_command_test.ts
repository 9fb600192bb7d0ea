import assert from "node:assert/strict";
import { checkPassword } from "@/lib/accounts/password.ts";
import { parseUsers } from "@/lib/accounts/users_file.ts";
import { openStore } from "@/lib/store/records_open.ts";
import { userCommand } from "./user_command.ts";

const root = new URL("../../", import.meta.url);

async function setting() {
  const data = await Deno.makeTempDir();
  const said: string[] = [];
  const run = async (...args: string[]) => {
    said.length = 0;
    await userCommand(args, {
      data,
      say: (text) => said.push(text),
      password: () => Promise.resolve("sea-level"),
      store: () => openStore(`sqlite:${data}/atoll.db`),
    });
    return said.join("\n");
  };
  const users = async () => parseUsers(await Deno.readTextFile(`${data}/users`), "users");
  return { data, run, users, [Symbol.asyncDispose]: () => Deno.remove(data, { recursive: true }) };
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
      [["key", "ada", "--label", "x", "--days", "soon"], /no number/],
      [["revoke", "ada", "0123456789abcdef"], /There is no such key/],
      [["dance"], /deno task user <command>/],
      [[], /deno task user <command>/],
    ] as const
  ) await assert.rejects(at.run(...args), message, args.join(" "));
  assert.equal(await Deno.readTextFile(`${at.data}/users`), before);
});

Deno.test("deno task user makes keys and takes them back", async () => {
  await using at = await setting();
  await at.run("add", "ada", "--roles", "viewer");
  const token = await at.run("key", "ada", "--label", "nightly", "--routes", "/demos/*");
  const id = /^atk_([0-9a-f]{16})_[\w-]{43}$/.exec(token)?.[1] as string;
  assert.equal(await at.run("keys", "ada"), `${id}  nightly  /demos/*`);
  await at.run("revoke", "ada", id);
  assert.equal(await at.run("keys", "ada"), "");
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
