import { isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rolesOf } from "@/lib/value/user.ts";
import { isNewName } from "./name.ts";
import { checkPassword, readHash } from "./password.ts";
import { fingerprint } from "./secret.ts";
import type { Known, PasswordSource } from "./users.ts";

/** A line of a file of users. */
export interface UserLine {
  readonly name: string;
  readonly roles: readonly string[];
  /** Hash of the password, by `hashPassword()`. */
  readonly hash: string;
}

/**
 * Users from a file with a line for each, `name:role,role:hash`, which `deno task user add <name>` writes. A change of
 * it counts at once; who is taken out of it, or has another password, is logged out everywhere.
 *
 * @param file Its path, from the folder in which the server is started, or its URL.
 *
 * @example
 * ```ts
 * import { auth, usersFile } from "atoll";
 * export default auth({ users: usersFile("data/users") });
 * ```
 */
export function usersFile(file: string | URL): PasswordSource {
  const path = pathOf(file);
  let read: { readonly state: string; readonly lines: ReadonlyMap<string, UserLine> } | undefined;
  const lines = async () => {
    const { mtime, size, ino } = await Deno.stat(path).catch((cause) => {
      throw new Error(`There is no file of users at ${file}. Make one: deno task user add <name>`, { cause });
    });
    const state = `${mtime?.getTime()} ${size} ${ino}`;
    if (read?.state !== state) {
      read = { state, lines: parseUsers(await Deno.readTextFile(path), String(file)) };
    }
    return read.lines;
  };
  const find = async (name: string) => {
    const line = (await lines()).get(name);
    return line && known(line);
  };
  return {
    way: "password",
    same: path,
    find,
    check: async (name, password) => {
      const all = await lines();
      const [any] = all.values();
      const line = all.get(name);
      return await checkPassword(password, line?.hash, any?.hash) && line ? known(line) : undefined;
    },
  };
}

/** The users of a file's text, by name. @throws {TypeError} when a line is wrong; the message says which and why. */
export function parseUsers(text: string, file: string): Map<string, UserLine> {
  const users = new Map<string, UserLine>();
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [name = "", roles = "", hash = "", ...more] = line.trimEnd().split(":");
    try {
      if (more.length > 0) throw new TypeError("A line is name:roles:hash");
      if (!isNewName(name)) throw new TypeError(`"${name}" is no name of a user`);
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

/** Writes a file of users, all of it or nothing, for its owner's eyes only. */
export async function writeUsers(file: string | URL, users: Iterable<UserLine>): Promise<void> {
  const path = pathOf(file);
  const text = [...users].map(({ name, roles, hash }) => `${name}:${roles.join(",")}:${hash}\n`).join("");
  const temporary = `${path}.${crypto.randomUUID()}.part`;
  try {
    using handle = await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 });
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await handle.write(bytes.subarray(at));
    await handle.sync();
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
