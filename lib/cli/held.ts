/** Messages from the process that started this server. */
export interface Holder {
  /** Most descriptors are open. */
  readonly renew: () => void;
  /** So many are open. */
  readonly open: (descriptors: number) => void;
  /** It is gone. */
  readonly gone: () => void;
}

/**
 * Listens to the process that started this one, by its standard input: `renew` or `open 12`, one a line. The end of it
 * is its end.
 */
export async function heldBy({ renew, open, gone }: Holder): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const piece of Deno.stdin.readable) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      if (lines.includes("renew")) renew();
      const told = lines.findLast((line) => line.startsWith("open "));
      if (told !== undefined) open(Number(told.slice("open ".length)));
    }
  } finally {
    gone();
  }
}
