/** What the process that started this server says to it. */
export interface Holder {
  /** Most descriptors are open. */
  readonly renew: () => void;
  /** It is gone. */
  readonly gone: () => void;
}

/** Listens to the process that started this one, by its standard input: `renew`, one a line. The end of it is its end. */
export async function heldBy({ renew, gone }: Holder): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const piece of Deno.stdin.readable) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      if (lines.includes("renew")) renew();
    }
  } finally {
    gone();
  }
}
