import { messagesOf, type Passage, proseOfComments, proseOfMarkdown, textsOf } from "./passages.ts";
import { type Mistake, mistakesOf } from "./rules.ts";

const root = new URL("../../", import.meta.url);

/** A file whose prose is checked. */
export interface Page {
  /** Its path from the root of the project. */
  readonly file: string;
  /** Which comments of a source count. */
  readonly comments: "none" | "doc" | "all";
}

/** The mistakes in the prose of a file. */
export async function mistakesIn({ file, comments }: Page): Promise<Mistake[]> {
  const text = await Deno.readTextFile(new URL(file, root));
  return passagesOf(file, text, comments).flatMap(mistakesOf);
}

function passagesOf(file: string, text: string, comments: Page["comments"]): Passage[] {
  if (file.endsWith(".md")) return proseOfMarkdown(text);
  return [
    ...(comments === "none" ? [] : proseOfComments(text, comments)),
    ...messagesOf(text),
    ...(isSeen(file) ? textsOf(text) : []),
  ];
}

/** Whether a source draws what people see. */
function isSeen(file: string): boolean {
  return /^(?:routes|islands|components|lib\/client)\/|^lib\/gate\/auth_|^lib\/recipes\//.test(file) &&
    !file.endsWith("_test.ts") && !file.endsWith("_test.tsx") && !file.endsWith("/mod.ts");
}

/** All pages, comments and texts that the rules hold for. */
export async function pagesHeld(): Promise<Page[]> {
  const pages: Page[] = [];
  for (const file of await filesBelow("")) {
    if (file.endsWith(".md")) {
      if (
        /^(?:README|ARCHITECTURE|SECURITY|CONTRIBUTING)\.md$|^docs\/|^components\/[^/]+\/README\.md$/.test(
          file,
        )
      ) {
        pages.push({ file, comments: "none" });
      }
    } else if (
      /^(?:routes|islands|components|lib)\/(?!engine\/pool\/testing\/).*(?<!_test)\.tsx?$/.test(file)
    ) {
      pages.push({ file, comments: file.startsWith("lib/accounts/") ? "all" : "none" });
    }
  }
  const exported = await filesExported();
  return pages.map((page) => ({
    ...page,
    comments: page.comments === "none" && exported.has(page.file) ? "doc" as const : page.comments,
  }))
    .sort((a, b) => a.file < b.file ? -1 : 1);
}

/** The files that the two windows export from, themselves included. */
async function filesExported(): Promise<Set<string>> {
  const found = new Set<string>();
  const add = async (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    const source = await Deno.readTextFile(new URL(file, root));
    const folder = file.slice(0, file.lastIndexOf("/") + 1);
    for (const [, from = ""] of source.matchAll(/^export (?:type )?(?:\*|\{[^}]*\}) from "([^"]+)"/gm)) {
      await add(from.replace(/^@\//, "").replace(/^\.\//, folder));
    }
  };
  await add("lib/mod.ts");
  await add("lib/testing/mod.ts");
  return found;
}

async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (/^[._]|^node_modules$|^vendor$|^data$/.test(name)) continue;
    if (isDirectory) found.push(...await filesBelow(`${folder}${name}/`));
    else found.push(folder + name);
  }
  return found;
}
