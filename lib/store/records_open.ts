import type { Store, StoreOptions } from "./records.ts";
import { memoryStore } from "./records_memory.ts";
import { sqliteStore } from "./records_sqlite.ts";

/** Options for {@linkcode openStore}. */
export interface OpenStoreOptions extends StoreOptions {
  /** The most bytes that a file may grow to. Default 8 GiB. */
  readonly maxBytes?: number | undefined;
}

/**
 * Opens the store that a setting names: `memory:`, or `sqlite:` and the path of a file, relative to the working
 * directory.
 *
 * @throws {TypeError} for any other text.
 * @throws {Error} when the file cannot be used; the message says why.
 *
 * @example
 * ```ts
 * await using store = await openStore("sqlite:./data/atoll.db");
 * await store.commit([{ type: "set", key: ["greeting"], value: "Hello" }]);
 * ```
 */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<Store> {
  if (url === "memory:") return memoryStore(options);
  const path = /^sqlite:((?!\/\/|:|file:)[^\0]*[^\0/])$/.exec(url)?.[1];
  if (path === undefined) {
    throw new TypeError(`"${url}" names no store. Right would be "memory:" or "sqlite:./data/atoll.db"`);
  }
  return await sqliteStore({ ...options, path });
}

/** A store that is opened when it is first asked for, and closed if it was. */
export interface OpenedLater extends AsyncDisposable {
  /** The store. @throws {Error} when it cannot be opened. */
  (): Promise<Store>;
  /** The store, if somebody has asked for it. */
  readonly opened: () => Store | undefined;
}

/**
 * A store that is opened when it is first asked for: a server that needs none starts without. A failed open is tried
 * again the next time.
 */
export function openLater(url: string, options: OpenStoreOptions = {}): OpenedLater {
  let opening: Promise<Store> | undefined;
  let opened: Store | undefined;
  const open = () => {
    if (!opening) {
      opening = openStore(url, options);
      opening.then((store) => opened = store, () => opening = undefined);
    }
    return opening;
  };
  const dispose = async () => {
    await (await opening)?.[Symbol.asyncDispose]();
  };
  return Object.assign(open, { opened: () => opened, [Symbol.asyncDispose]: dispose });
}
