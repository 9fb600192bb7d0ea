import type { Key, ListOptions, Op, Store } from "@/lib/store/records.ts";

// A record is bounded, a run is not. In the worst case a letter takes three bytes: 768 KiB of the megabyte allowed.
const PIECE_LETTERS = 262_144;
// Far below what a commit may hold, so that others are not kept waiting.
const DELETES = 200;

/** Cuts a text into pieces that fit into records, one or more. */
export function piecesOf(text: string): string[] {
  const pieces = [];
  for (let at = 0; at < text.length || at === 0; at += PIECE_LETTERS) {
    pieces.push(text.slice(at, at + PIECE_LETTERS));
  }
  return pieces;
}

/** The ops that put pieces under a key, in their order. */
export function setPieces(under: Key, pieces: readonly string[], expiresMs?: number): Op[] {
  return pieces.map((value, part) => ({ type: "set", key: [...under, part], value, expiresMs }));
}

/** All that lies under a key, put together again. */
export async function textUnder(store: Store, prefix: Key): Promise<string> {
  let text = "";
  for await (const { value } of store.list({ prefix })) text += value;
  return text;
}

/** Removes all of a range, the last first: what a crash leaves of it still begins at the beginning. */
export async function deleteUnder(store: Store, range: ListOptions): Promise<void> {
  for (;;) {
    const found = await Array.fromAsync(store.list({ ...range, reverse: true, limit: DELETES }));
    if (found.length === 0) return;
    await store.commit(found.map(({ key }) => ({ type: "delete", key })));
  }
}
