const ENTER = /[\r\n]/;
const INTERRUPT = "\x03";
const END = "\x04";
const BACKSPACE = /[\b\x7f]/;

/**
 * Reads a password: twice from a terminal, without showing it, or the first line of piped input.
 *
 * @throws {Error} when it was not typed the same twice, or was broken off.
 */
export async function readPassword(): Promise<string> {
  if (!Deno.stdin.isTerminal()) {
    const text = await new Response(Deno.stdin.readable).text();
    return text.split(/\r?\n/)[0] ?? "";
  }
  const first = await readHidden("Password: ");
  if (await readHidden("Again: ") === first) return first;
  throw new Error("The two were not the same. Nothing was changed");
}

async function readHidden(prompt: string): Promise<string> {
  const write = (text: string) => Deno.stderr.write(new TextEncoder().encode(text));
  await write(prompt);
  Deno.stdin.setRaw(true);
  try {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(256);
    const typed: string[] = [];
    for (;;) {
      const read = await Deno.stdin.read(buffer);
      if (read === null) throw new Error("Broken off. Nothing was changed");
      for (const letter of decoder.decode(buffer.subarray(0, read), { stream: true })) {
        if (ENTER.test(letter)) return typed.join("");
        if (letter === INTERRUPT || letter === END) throw new Error("Broken off. Nothing was changed");
        if (BACKSPACE.test(letter)) typed.pop();
        else typed.push(letter);
      }
    }
  } finally {
    Deno.stdin.setRaw(false);
    await write("\n");
  }
}
