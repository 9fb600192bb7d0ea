/** A piece of prose: a paragraph, an item of a list, a cell of a table, a comment, a text that people see. */
export interface Passage {
  /** The line of the file in which it begins, from 1. */
  readonly line: number;
  /** Its words. Code stands there as "⟦⟧". */
  readonly text: string;
  readonly kind: "prose" | "heading" | "cell" | "doc" | "comment" | "ui";
}

const CODE = "⟦⟧";

/** The prose of a Markdown page, without code blocks. */
export function proseOfMarkdown(page: string): Passage[] {
  const found: Passage[] = [];
  let open: { line: number; text: string } | undefined;
  const close = () => {
    if (open) found.push({ line: open.line, text: plain(open.text), kind: "prose" });
    open = undefined;
  };
  let fence = false;
  page.split("\n").forEach((raw, index) => {
    const line = index + 1;
    const text = raw.trim();
    if (/^```/.test(text)) {
      close();
      fence = !fence;
    } else if (fence || text === "" || /^<[!/a-z]/.test(text)) close();
    else if (/^#+ /.test(text)) {
      close();
      found.push({ line, text: plain(text.replace(/^#+ /, "")), kind: "heading" });
    } else if (/^\|/.test(text)) {
      close();
      for (const cell of cellsOf(text)) found.push({ line, text: plain(cell), kind: "cell" });
    } else if (/^(?:[-*]|\d+\.) /.test(text)) {
      close();
      open = { line, text: text.replace(/^(?:[-*]|\d+\.) /, "") };
    } else open = { line: open?.line ?? line, text: open ? `${open.text} ${text}` : text };
  });
  close();
  return found.filter(({ text }) => /\p{L}/u.test(text));
}

/** The cells of a row of a table. */
function cellsOf(row: string): string[] {
  const marked = row.replace(/`[^`]*`/g, CODE).replaceAll("\\|", "/");
  return marked.split("|").map((cell) => cell.trim()).filter((cell) => cell !== "" && !/^:?-+:?$/.test(cell));
}

/** Text as it is read: without marks, addresses and code. */
function plain(markdown: string): string {
  return markdown
    .replace(/`[^`]*`/g, CODE)
    .replace(/!?\[([^\]]*)\]\([^()]*(?:\([^()]*\)[^()]*)*\)/g, "$1")
    .replace(/\*\*|__|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])/g, "")
    .replace(/https?:\/\/\S+/g, CODE)
    .replace(/\s+/g, " ").trim();
}

/** The prose of the comments of a source. */
export function proseOfComments(source: string, which: "doc" | "all"): Passage[] {
  const found: Passage[] = [];
  const lines = source.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const text = (lines[at] as string).trim();
    const start = at + 1;
    if (text.startsWith("/**") || text.startsWith("/*")) {
      const block = [text.replace(/^\/\*+ ?/, "")];
      while (!(lines[at] as string).includes("*/") && at + 1 < lines.length) {
        block.push((lines[++at] as string).trim().replace(/^\*(?!\/) ?/, ""));
      }
      block[block.length - 1] = (block.at(-1) as string).replace(/\s*\*\/.*$/, "");
      found.push(...proseOfBlock(block, start));
    } else if (which === "all" && /^\/\/ (?!deno-|@ts-)/.test(text)) {
      const block = [text.slice(3)];
      while (/^\s*\/\/ /.test(lines[at + 1] ?? "")) block.push((lines[++at] as string).trim().slice(3));
      found.push({ line: start, text: plain(block.join(" ")), kind: "comment" });
    } else if (which === "all") {
      const [, trailing] = /[;,{}()] \/\/ (.+)$/.exec(text) ?? [];
      if (trailing !== undefined) found.push({ line: start, text: plain(trailing), kind: "comment" });
    }
  }
  return found.filter(({ text }) => /\p{L}/u.test(text));
}

/** The paragraphs and tags of one doc comment, without its examples. */
function proseOfBlock(block: readonly string[], start: number): Passage[] {
  const found: Passage[] = [];
  let fence = false;
  let open: { line: number; text: string } | undefined;
  const close = () => {
    if (open) found.push({ line: open.line, text: plain(open.text), kind: "doc" });
    open = undefined;
  };
  block.forEach((raw, index) => {
    const text = raw.trim().replace(/\{@link\w* ([^}]*)\}/g, CODE);
    const line = start + index;
    if (/^```/.test(text)) {
      close();
      fence = !fence;
    } else if (fence || text === "" || /^@(?:module|example|internal)/.test(text)) close();
    else if (/^@|^[-*] /.test(text)) {
      close();
      open = { line, text: text.replace(/^@(?:param|template) \S+\s*|^@\w+\s*(?:\{\w+\}\s*)?|^[-*] /, "") };
    } else if (!open) open = { line, text };
    else {
      // A tag may stand behind a sentence.
      open.text += ` ${text}`;
    }
  });
  close();
  return found.flatMap(({ line, text, kind }) =>
    text.split(/\s@\w+ (?:\{\w+\} )?/).map((part) => ({ line, text: part.trim(), kind }))
  );
}

const MESSAGE = /new (?:Fault\(\s*[^,()]+,|(?:Type|Range|Http)?Error\()|\bmessage:/g;
const LITERAL = /"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g;

/** The messages in a source: of refusals, of mistakes that authors make, of operators' log, as people see them. */
export function messagesOf(source: string): Passage[] {
  const found: Passage[] = [];
  for (const match of source.matchAll(MESSAGE)) {
    const from = match.index + match[0].length;
    const rest = source.slice(from, from + 600);
    const end = /\)(?:;|,\n|\n|\))|, \{|(?<=["`]),\n/.exec(rest)?.index ?? rest.length;
    for (const { index, text } of literalsOf(rest.slice(0, end))) {
      found.push(shown(source, from + index, text));
    }
  }
  return found.filter(isWords);
}

/** The texts in a source that draws what people see: literals and text of JSX that read as words. */
export function textsOf(source: string): Passage[] {
  const code = source.replace(
    /\/\*[^]*?\*\/|^\s*\/\/.*$|\s\/\/ .*$/gm,
    (text) => text.replace(/[^\n]/g, " "),
  );
  const found: Passage[] = [];
  for (const { index, text } of literalsOf(code)) found.push(shown(code, index, text));
  for (const text of code.matchAll(/(?<=[>}])([^<>{}=;]*\p{L}[^<>{}=;]*)(?=[<{])/gu)) {
    found.push(shown(code, text.index, text[1] as string));
  }
  return found.filter(isWords).filter(({ text }) =>
    /^[\p{Lu}⟦]/u.test(text) && !/[=<>]|=>|\bconst\b/.test(text)
  );
}

/** The literals of a source. Those that are added up are one. */
function literalsOf(code: string): { readonly index: number; readonly text: string }[] {
  const found: { index: number; text: string; end: number }[] = [];
  for (const match of code.matchAll(LITERAL)) {
    const text = match[1] ?? match[2] ?? "";
    const end = match.index + match[0].length;
    const last = found.at(-1);
    if (last && /^\s*\+\s*$/.test(code.slice(last.end, match.index))) {
      last.text += text;
      last.end = end;
    } else found.push({ index: match.index, text, end });
  }
  return found;
}

function shown(source: string, index: number, text: string): Passage {
  const line = source.slice(0, index).split("\n").length;
  return { line, text: text.replace(/\$\{[^}]*\}+/g, CODE).replace(/\s+/g, " ").trim(), kind: "ui" };
}

function isWords({ text }: Passage): boolean {
  return /\p{L}\S* \S*\p{L}/u.test(text);
}
