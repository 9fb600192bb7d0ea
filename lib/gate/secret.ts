type Env = (name: string) => string | undefined;

const LEAST_BYTES = 32;
/** What people write who mean to think of something later. */
const PLACEHOLDERS =
  /change[-_ ]?(?:me|it|this)|pass[-_ ]?word|secret|default|example|0123456789|abcdefgh|qwerty/i;
const LEAST_LETTERS = 10;
const HOW = "make one with: openssl rand -base64 32";

/**
 * The secret that sessions are signed with: from `ATOLL_SECRET`, or from the file that `ATOLL_SECRET_FILE` names, which
 * only its owner may read; what is around it in white space does not count.
 *
 * @throws {RangeError} when it is weak, cannot be read, or others may read it. Never with the secret in the message.
 */
export function readSecret(env: Env): Uint8Array<ArrayBuffer> | undefined {
  const [text, file] = [env("ATOLL_SECRET"), env("ATOLL_SECRET_FILE") || undefined];
  if (text !== undefined && file !== undefined) {
    throw new RangeError("Cannot use both ATOLL_SECRET and ATOLL_SECRET_FILE: set one of them");
  }
  if (file !== undefined) return strong("ATOLL_SECRET_FILE", read(file));
  return text === undefined ? undefined : strong("ATOLL_SECRET", text);
}

// The log leaves out what follows "secret:", which is how the path of such a file often ends.
function read(file: string): string {
  let mode: number | null;
  let text: string;
  try {
    ({ mode } = Deno.statSync(file));
    text = Deno.readTextFileSync(file);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? `there is no file ${file}` : (error as Error).message;
    throw new RangeError(`Cannot use ATOLL_SECRET_FILE: ${why}`);
  }
  // There are no such bits on Windows.
  if (mode !== null && (mode & 0o077) !== 0) {
    throw new RangeError(
      `Cannot use ATOLL_SECRET_FILE: others may read ${file}; only its owner should (chmod 600)`,
    );
  }
  return text.trim();
}

function strong(name: string, text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  if (bytes.byteLength < LEAST_BYTES) {
    throw new RangeError(`Cannot use ${name}: it must have at least ${LEAST_BYTES} characters; ${HOW}`);
  }
  if (PLACEHOLDERS.test(text)) {
    throw new RangeError(`Cannot use ${name}: it has a word in it that people guess first; ${HOW}`);
  }
  if (new Set(text).size < LEAST_LETTERS || repeats(text)) {
    throw new RangeError(`Cannot use ${name}: it repeats itself, so it can be guessed; ${HOW}`);
  }
  return bytes;
}

/** Whether it is one short text again and again. */
function repeats(text: string): boolean {
  for (let length = 1; length <= text.length / 2; length++) {
    if (text.slice(length) === text.slice(0, -length)) return true;
  }
  return false;
}
