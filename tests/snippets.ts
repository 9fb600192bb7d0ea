/** A block of code in a page. */
export interface Snippet {
  /** The page, from the root of the project. */
  readonly page: string;
  /** The line of its first line of code. */
  readonly line: number;
  /** What stands behind the fence: `tsx`. */
  readonly language: string;
  readonly code: string;
}

/** The blocks of code of a page, in their order. */
export function snippetsOf(page: string, text: string): Snippet[] {
  const found: Snippet[] = [];
  for (const match of text.matchAll(/^( *)```([^\n`]*)\n([^]*?)^\1```$/gm)) {
    const line = text.slice(0, match.index).split("\n").length + 1;
    found.push({ page, line, language: (match[2] as string).trim(), code: match[3] as string });
  }
  return found;
}

/** Whether a block is TypeScript, fragments included. */
export function isSource({ language }: Snippet): boolean {
  return /^(?:tsx?|typescript|jsx?|javascript)\b/.test(language);
}

/** Whether a block is a demo. */
export function isDemo({ code }: Snippet): boolean {
  return /^export default (?:Interface|Blocks)\(/m.test(code);
}

/** Where a block goes in a project: its first line says so, or else it is a page of its own. */
export function pathOf({ code, line }: Snippet): string {
  const [, path] = /^\/\/ ((?:routes|lib|components|islands|static)\/\S+\.tsx?)\n/.exec(code) ?? [];
  return path ?? `routes/demos/line_${line}.tsx`;
}
