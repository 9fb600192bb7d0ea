import { parseArgs } from "node:util";
import { dirname, join } from "node:path";
import { EVERY_PAGE, isEnded, Keys } from "@/lib/accounts/keys.ts";
import { userId } from "@/lib/accounts/logins.ts";
import { isNewName } from "@/lib/accounts/name.ts";
import { hashPassword } from "@/lib/accounts/password.ts";
import { parseUsers, type UserLine, USERS, usersFile, writeUsers } from "@/lib/accounts/users_file.ts";
import type { Store } from "@/lib/store/records.ts";
import { rolesOf, type User } from "@/lib/value/user.ts";

/** The environment of the command. */
export interface UserCommandParts {
  /** The server's folder for data: `ATOLL_DATA`. */
  readonly data: string;
  /** Where the server keeps accounts: `STORE`; `undefined`: in its folder for data. */
  readonly store: string | undefined;
  /** Tells a line of the answer. */
  readonly say: (text: string) => void;
  /** Prints a line beside the answer. */
  readonly note: (text: string) => void;
  /** The number of the current user; `null` where users have no numbers. */
  readonly uid: number | null;
  /** Asks for a password. */
  readonly password: () => Promise<string>;
  /** Opens the server's records, for keys. One process at a time can. */
  readonly open: (url: string) => Promise<Store>;
}

const HELP = `deno task user <command> [options]

  add <name> [--roles viewer,editor]   makes a user; asks for the password, or reads it from standard input
  password <name>                      gives a user another password; they are logged out everywhere
  roles <name> [viewer,editor]         gives a user other roles
  remove <name>                        takes a user out
  list                                 names the users and their roles

  key <name> --label <text> [--roles viewer] [--routes /demos/members,/demos/*] [--days 30]
                                       makes a key for a program of this user and shows it, once
  keys <name>                          lists a user's keys
  revoke <name> <id>                   takes a key back

  --file <path>    the file of users; default <ATOLL_DATA>/users, as that of usersFile()
  --realm <word>   the realm of auth(), for keys; default main
  --help           says this

ATOLL_DATA and STORE must be those of the server, and the command is run by the user that runs the server.
The server must not run while keys are made, listed or taken back here; at <page>/account it can be done while it runs.
Another password, or taking a user out, ends all of their keys; the server may run meanwhile.`;

const DAY_MS = 86_400_000;
const READ_MS = 5000;

/** Runs `deno task user`. @throws {Error} with a sentence, when it cannot be done; then nothing was changed. */
export async function userCommand(args: readonly string[], parts: UserCommandParts): Promise<void> {
  const { values, positionals } = argumentsOf(args);
  const [command, name = "", extra] = positionals;
  const { say } = parts;
  if (values.help) return say(HELP);
  const file = values.file ?? join(parts.data, USERS);
  const users = await readUsers(file);
  const found = () => {
    const user = users.get(name);
    if (!user) throw new Error(`There is no user "${name}" in ${file}`);
    return user;
  };
  const write = async (user: UserLine, done: string) => {
    users.set(user.name, user);
    await Deno.mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeUsers(file, users.values());
    say(done);
  };
  const listOf = (option: string | undefined) =>
    option === undefined || option === "" ? [] : option.split(",");
  const roles = (option: string | undefined) => {
    const all = listOf(option);
    return all.length === 0 ? [] : rolesOf(all, "--roles");
  };

  switch (command) {
    case "add":
      if (!isNewName(name)) {
        throw new Error(`"${name}" can be no name: small letters, digits and . _ @ + -, at most 64`);
      }
      if (users.has(name)) throw new Error(`There is a user "${name}" in ${file} already`);
      return await write(
        { name, roles: roles(values.roles), hash: await hashPassword(await parts.password()) },
        `${name} can log in now`,
      );
    case "password":
      return await write(
        { ...found(), hash: await hashPassword(await parts.password()) },
        `${name} has another password and is logged out everywhere`,
      );
    case "roles":
      return await write({ ...found(), roles: roles(extra) }, `${name} has the roles: ${extra || "none"}`);
    case "remove":
      found();
      users.delete(name);
      await writeUsers(file, users.values());
      return say(`${name} cannot log in any more`);
    case "list":
      for (const { name, roles } of users.values()) say(`${name}  ${roles.join(",")}`);
      return;
    case "key":
    case "keys":
    case "revoke":
      break;
    default:
      throw new Error(HELP);
  }

  const realm = values.realm ?? "main";
  const known = await usersFile(file).find?.(found().name, {
    signal: AbortSignal.timeout(READ_MS),
    data: parts.data,
  });
  if (!known) throw new Error(`There is no user "${name}" in ${file}`);
  const user: User = { id: userId(realm, name), name, roles: known.roles };
  await using opened = new AsyncDisposableStack();
  // Opened once it is clear that something is wanted of it.
  let records: Promise<Store> | undefined;
  const keys = new Keys({
    store: () => records ??= openRecords(command, parts).then((store) => opened.use(store)),
    now: Date.now,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  });
  if (command === "revoke") {
    await keys.revoke(user, extra ?? "");
    return say(`The key ${extra} is taken back`);
  }
  if (command === "keys") {
    const all = await keys.list(user);
    if (all.length === 0) parts.note(`${name} has no keys in the realm "${realm}"`);
    for (const key of all) {
      const ended = isEnded(key, known) ? "  ended by another password" : "";
      say(`${key.id}  ${key.label}  ${key.routes.join(",")}${ended}`);
    }
    return;
  }
  const days = values.days === undefined ? undefined : Number(values.days);
  if (days !== undefined && !(days > 0)) throw new Error(`--days ${values.days} is not a number over 0`);
  say(
    await keys.create(user, known, realm, {
      label: values.label ?? "",
      roles: values.roles === undefined ? known.roles : listOf(values.roles),
      routes: values.routes === undefined ? [EVERY_PAGE] : listOf(values.routes),
      expiresMs: days === undefined ? undefined : Date.now() + days * DAY_MS,
    }),
  );
}

function argumentsOf(args: readonly string[]) {
  const text = { type: "string" } as const;
  const options = { file: text, roles: text, realm: text, label: text, routes: text, days: text };
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...options, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Its other sentences are about names that begin with a "-".
    throw new Error(`${error.message.split(/[.\n]/)[0]}; see deno task user --help`, { cause: error });
  }
}

// An unknown key is useless, and the caller would believe that a missing one has been revoked.
async function openRecords(command: "key" | "keys" | "revoke", parts: UserCommandParts): Promise<Store> {
  const { data, store, uid, note, open } = parts;
  const own = `sqlite:${join(data, "atoll.db")}`;
  const url = store ?? own;
  const [path, other] = [url, own].map((one) => one.replace(/^sqlite:/, "")) as [string, string];
  note(
    `The server's records: ${path}, as ${
      store === undefined ? "ATOLL_DATA says; STORE is not set" : "STORE says"
    }`,
  );
  const found = await statOf(path);
  if (!found && command !== "key") {
    throw new Error(`There are no records at ${path}. Set STORE and ATOLL_DATA to what the server has`);
  }
  if (store !== undefined && path !== other && await statOf(other)) {
    note(`There are other records at ${other}. A server with this STORE does not look there`);
  }
  if (found?.uid && uid === 0) {
    throw new Error(
      `${path} belongs to the user with the id ${found.uid}. Run this as that user, or the server may not be able to open it`,
    );
  }
  if (!found) note(`There were no records at ${path}: they are made now`);
  return await open(url);
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function readUsers(file: string): Promise<Map<string, UserLine>> {
  try {
    return parseUsers(await Deno.readTextFile(file), file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Map();
    throw error;
  }
}
