import assert from "node:assert/strict";
import { mistakesIn, pagesHeld } from "./held.ts";
import { messagesOf, proseOfComments, proseOfMarkdown, textsOf } from "./passages.ts";
import { countWords, mistakesOf, MOST_WORDS, sentencesOf } from "./rules.ts";

/** The rules that a text breaks, in prose. */
function brokenBy(text: string): string[] {
  return proseOfMarkdown(text).flatMap(mistakesOf).map(({ rule }) => rule);
}

const pages = await pagesHeld();

Deno.test("Prose in the docs, the comments of exports and the texts for people keeps to the rules", async () => {
  const found: string[] = [];
  for (const page of pages) {
    for (const { line, rule, sentence } of await mistakesIn(page)) {
      found.push(`${page.file}:${line}: ${rule}\n    ${sentence}`);
    }
  }
  assert.equal(found.join("\n"), "");
});

Deno.test("The rules hold for the docs, for the windows with all their files, and for what draws pages", () => {
  const files = new Map(pages.map(({ file, comments }) => [file, comments]));
  for (const [file, comments] of Object.entries(HELD)) {
    assert.equal(files.get(file), comments, file);
  }
});

const HELD = {
  "README.md": "none",
  "ARCHITECTURE.md": "none",
  "docs/deploy.md": "none",
  "components/slider/README.md": "none",
  "components/slider/mod.ts": "doc",
  "components/image/codec.ts": "doc",
  "components/layout/boxes.tsx": "doc",
  "lib/demo/action.ts": "doc",
  "lib/testing/demo.ts": "doc",
  "lib/accounts/keys.ts": "all",
  "components/ui/frame.tsx": "none",
  "lib/gate/auth_pages.tsx": "none",
};

for (
  const [text, rule] of [
    ["Who has a key may read it.", /name the subject/],
    ["It is read. What cannot start says why.", /name the subject/],
    ["Those who may read it do.", /name the subject/],
    ["One that fails is tried again.", /name the subject/],
    ["The server stops and who waits is told.", /name the person/],
    ["A list is read, one that grows.", /name the thing/],
    ["It needs nothing but what is named.", /name the thing/],
    ["It works. Has no limits.", /without a subject/],
    ["What `on()` is told.", /Options for/],
    ["Guessing is dear.", /expensive/],
    ["It mends nothing.", /fix/],
    ["The value is let go of.", /releases/],
    ["It counts as alive though it be dead.", /indicative/],
    ["A user who has not the role waits.", /does not have/],
    ["A worker is no prison.", /is not a/],
    ["It starts anew.", /again/],
    ["An address of version 6 is long.", /IPv6/],
    ["They read files of theirs.", /name the thing/],
    ["- " + "word ".repeat(MOST_WORDS + 1), /at most 25/],
    ["| " + "word ".repeat(MOST_WORDS + 1) + "| x |", /at most 25/],
  ] as const
) {
  Deno.test(`The rules refuse "${text.slice(0, 40)}"`, () => {
    assert.match(brokenBy(text).join("\n"), rule);
  });
}

for (
  const text of [
    "## What lives in the browser",
    "What does it cost?",
    "The person who asked waits.",
    "There is no limit, and `null` means no limit.",
    "A text of `a b c d e f g h i j k l m n o p q r s t u v w x y z` is read.",
    "```\nWho has not the key is told.\n```",
    "| Opens a demo. |",
    "The file ([`lib/a.ts`](lib/a.ts), `lib/b.ts`) is read.",
    "word ".repeat(MOST_WORDS) + "(`lib/a.ts`, `lib/b.ts`).",
  ]
) {
  Deno.test(`The rules take "${text.slice(0, 40).replaceAll("\n", " ")}"`, () => {
    assert.deepEqual(brokenBy(text), []);
  });
}

Deno.test("A sentence is told from the next one, whatever stands between them", () => {
  assert.deepEqual(sentencesOf('It is "here." Then ⟦⟧ goes. ⟦⟧ stays (v1.2 too). 3 remain'), [
    'It is "here."',
    "Then ⟦⟧ goes.",
    "⟦⟧ stays (v1.2 too).",
    "3 remain",
  ]);
  assert.equal(countWords("One, two: three - four ⟦⟧ (⟦⟧)"), 5);
});

Deno.test("Comments are read with their lines, without examples and tags", () => {
  const source = [
    "/** Opens it. @throws {Fault} when it is shut. */",
    "/**",
    " * Makes a demo",
    " * of two lines.",
    " *",
    " * @param name its name",
    " * @example",
    " * ```ts",
    " * Who is not read",
    " * ```",
    " */",
    "// A remark",
    "// of two lines.",
    "const url = 1; // trails",
  ].join("\n");
  assert.deepEqual(proseOfComments(source, "all").map(({ line, text }) => [line, text]), [
    [1, "Opens it."],
    [1, "when it is shut."],
    [3, "Makes a demo of two lines."],
    [6, "its name"],
    [12, "A remark of two lines."],
    [14, "trails"],
  ]);
  assert.deepEqual(proseOfComments(source, "doc").map(({ line }) => line), [1, 1, 3, 6]);
});

Deno.test("Texts for people are found: messages of refusals, literals and text of JSX", () => {
  const source = [
    'throw new Fault("refused", `Cannot use ${name}: it is gone`, { field: "a b" });',
    'throw new Fault("x", ok ? "It is not there" : "Choose another one");',
    'const a = "no words", b = "at-field at-box";',
    '<p title="Close this message">Nothing is here <b>yet at all</b></p>;',
    'const more = "Wait a moment";',
    'throw new TypeError(\n  `Cannot use ${key}: ` +\n    "it is a word",\n);',
    'log("warn", "full", { message: "The disk is full" });',
  ].join("\n");
  assert.deepEqual(messagesOf(source).map(({ text }) => text), [
    "Cannot use ⟦⟧: it is gone",
    "It is not there",
    "Choose another one",
    "Cannot use ⟦⟧: it is a word",
    "The disk is full",
  ]);
  const texts = textsOf(source).map(({ text }) => text);
  for (const text of ["Close this message", "Nothing is here", "Wait a moment"]) {
    assert.ok(texts.includes(text), text);
  }
  assert.ok(!texts.includes("no words") && !texts.includes("at-field at-box"));
});
