import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rolesOf } from "@/lib/value/user.ts";
import { isNewName } from "./name.ts";
import { checkPassword, readHash } from "./password.ts";
import { fingerprint } from "./secret.ts";
import type { SourceContext } from "./in_time.ts";
import type { Known, PasswordSource } from "./users.ts";

/** A line of a file of users. */
export interface UserLine {
  readonly name: string;
  readonly roles: readonly string[];
  /** Hash of the password, by `hashPassword()`. */
  readonly hash: string;
}

/** Name of the users file in the data folder of the server. */
export const USERS = "users";

/**
 * Users from a file with a line for each, `name:role,role:hash`, which `deno task user add <name>` writes. A change
 * counts at once for new requests, and within ten seconds for open ones. A removed user, or one with a new
 * password, is logged out everywhere.
 *
 * @param file Its path, relative to the working directory of the server, or its URL. Default: `users` in
 * `ATOLL_DATA`, which the server may read and the command writes.
 *
 * @example
 * ```ts
 * import { auth, usersFile } from "atoll";
 * export default auth({ users: usersFile() });
 * ```
 */
export function usersFile(file?: string | URL): PasswordSource {
  const path = file === undefined ? undefined : pathOf(file);
  let read: { readonly state: string; readonly lines: ReadonlyMap<string, UserLine> } | undefined;
  const lines = async ({ data }: SourceContext) => {
    const at = path ?? resolve(join(data, USERS));
    try {
      const { mtime, size, ino } = await Deno.stat(at);
      // Numbers, so the spaces are those between them.
      const state = `${mtime?.getTime()} ${size} ${ino}`;
      if (read?.state !== state) read = { state, lines: parseUsers(await Deno.readTextFile(at), at) };
      return read.lines;
    } catch (error) {
      throw unreadable(at, error);
    }
  };
  return {
    way: "password",
    same: path ?? "the users in the server's folder for data",
    ready: async (context) => void await lines(context),
    find: async (name, context) => {
      const line = (await lines(context)).get(name);
      return line && known(line);
    },
    check: async (name, password, context) => {
      const all = await lines(context);
      const [any] = all.values();
      const line = all.get(name);
      return await checkPassword(password, line?.hash, any?.hash) && line ? known(line) : undefined;
    },
  };
}

// The first line in the log names the true cause, and the right form.
function unreadable(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof TypeError) return cause;
  const told = (why: string) => new Error(`Cannot read the file of users at ${path}: ${why}`, { cause });
  if (cause instanceof Deno.errors.NotFound) {
    return told("there is none. Make one, with the server's ATOLL_DATA: deno task user add <name>");
  }
  if (cause instanceof Deno.errors.NotCapable) {
    return told(
      "the server has no right to it. Put it into ATOLL_DATA and say usersFile(), or name its folder in ATOLL_ALLOW_READ",
    );
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return told("the user that runs the server may not read it. That user must own it, with mode 600");
  }
  return told(cause.message);
}

/** The users of a file's text, by name. @throws {TypeError} when a line is wrong; the message says which and why. */
export function parseUsers(text: string, file: string): Map<string, UserLine> {
  const users = new Map<string, UserLine>();
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [name = "", roles = "", hash = "", ...more] = line.trimEnd().split(":");
    try {
      if (more.length > 0) throw new TypeError("A line is name:roles:hash");
      if (!isNewName(name)) throw new TypeError(`"${name}" is not a valid user name`);
      if (users.has(name)) throw new TypeError(`"${name}" stands there twice`);
      readHash(hash);
      users.set(name, {
        name,
        roles: roles === "" ? [] : rolesOf(roles.split(","), `the roles of ${name}`),
        hash,
      });
    } catch (cause) {
      throw new TypeError(`Cannot use ${file}, line ${at + 1}: ${(cause as Error).message}`, { cause });
    }
  }
  return users;
}

/**
 * Writes a users file completely or not at all, readable by its owner only. Its owner stays the same. Root gives a
 * new file to the owner of the folder, because otherwise the server could not read it.
 */
export async function writeUsers(file: string | URL, users: Iterable<UserLine>): Promise<void> {
  const path = pathOf(file);
  const text = [...users].map(({ name, roles, hash }) => `${name}:${roles.join(",")}:${hash}\n`).join("");
  const temporary = `${path}.${crypto.randomUUID()}.part`;
  try {
    using handle = await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 });
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await handle.write(bytes.subarray(at));
    await handle.sync();
    if (Deno.uid() === 0) {
      const { uid, gid } = await Deno.stat(path).catch(() => Deno.stat(dirname(path)));
      if (uid !== null && uid !== 0) await Deno.chown(temporary, uid, gid);
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

function known({ name, roles, hash }: UserLine): Known {
  return { subject: name, name, roles, mark: fingerprint(hash).slice(0, 16) };
}

function pathOf(file: string | URL): string {
  if (file instanceof URL) return fileURLToPath(file);
  return isAbsolute(file) ? file : resolve(file);
}
