const SIMPLE = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/;
const CREATED = /^[a-z0-9][a-z0-9._@+-]{0,63}$/;

/**
 * A name as somebody typed it, if it can be one. Letters that only look like others make no name, nor do letters that
 * another way of writing turns into others. So two names that a person takes for one are never two users.
 */
export function typedName(text: string): string | undefined {
  return text.normalize("NFKC") === text && SIMPLE.test(text) ? text : undefined;
}

/**
 * Whether a user may be made with this name: small letters, digits and `. _ @ + -`, at most 64, so that no two differ
 * by capitals alone.
 */
export function isNewName(text: string): boolean {
  return text.normalize("NFKC") === text && CREATED.test(text);
}
