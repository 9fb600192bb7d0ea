/** Bodies of one megabyte, each the worst of its kind for something that looks at what a visitor sends. */

/** What a body may have of text: a little is left for what stands around it. */
export const ROOM = 1_048_576 - 600;

const repeat = (piece: string, size: number) => piece.repeat(Math.max(1, Math.floor(size / piece.length)));

/** Paragraphs of so many letters, with an empty line between them, as Markdown that is too long in one piece is not parsed. */
const paragraphs = (piece: string, each: number) => {
  const one = repeat(piece, each);
  return (size: number) => repeat(`${one}\n\n`, size);
};

/** Texts by name, made to a size. */
export const texts: Readonly<Record<string, (size: number) => string>> = {
  "b": (size) => "b".repeat(size),
  "199 digits and a letter": (size) => repeat(`${"1".repeat(199)}b`, size),
  "digits": (size) => "1".repeat(size),
  "1e": (size) => repeat("1e1", size),
  "spaces": (size) => `b${" ".repeat(size - 2)}b`,
  "lines": (size) => "\n".repeat(size),
  "lines of a space": (size) => repeat(" \n", size),
  "lines of a letter": (size) => repeat(" b\n", size),
  "tabs": (size) => repeat("\t", size),
  "constructors": (size) => repeat("constructor ", size),
  "pluses": (size) => "+".repeat(size),
  "umlauts": (size) => repeat("ä", size),
  "emoji": (size) => repeat("🙂", size),
  "zeros": (size) => repeat("\0", size),
  "quotes": (size) => repeat('"', size),
  "backslashes": (size) => repeat("\\", size),
  "[": (size) => "[".repeat(size),
  "![": (size) => repeat("![", size),
  "[a](": (size) => repeat("[a](", size),
  "[a](b)": (size) => repeat("[a](b) ", size),
  "[a][b]": (size) => repeat("[a][b]", size),
  "[a]: b": (size) => repeat("[a]: b\n", size),
  "many definitions": (size) => Array.from({ length: size / 16 }, (_, i) => `[a${i}]: b\n`).join(""),
  "*": (size) => "*".repeat(size),
  "a**b": (size) => repeat("a**b", size),
  "*a _b": (size) => repeat("*a _b ", size),
  "*a*": (size) => repeat("*a* ", size),
  "`": (size) => "`".repeat(size),
  "` of growing length": (size) => {
    let text = "";
    for (let n = 1; text.length < size - n - 2; n++) text += `${"`".repeat(n)}a`;
    return text;
  },
  "~": (size) => "~".repeat(size),
  "~~a": (size) => repeat("~~a", size),
  "<": (size) => "<".repeat(size),
  "<a": (size) => repeat("<a", size),
  "<a ": (size) => repeat("<a ", size),
  "<b>": (size) => repeat("<b>", size),
  "</b>": (size) => repeat("</b>", size),
  "<b></b>": (size) => repeat("<b></b>", size),
  "<p>": (size) => repeat("<p>", size),
  "<p>a": (size) => repeat("<p>a", size),
  "<x>": (size) => repeat("<x>", size),
  "<hr>": (size) => repeat("<hr>", size),
  "<img src=a>": (size) => repeat("<img src=a>", size),
  "<img src=//a>": (size) => repeat("<img src=//a>", size),
  "<a href=//b>": (size) => repeat("<a href=//b></a>", size),
  "attributes": (size) => `<b ${repeat("a=b ", size - 10)}>`,
  "many attributes": (size) =>
    `<b ${Array.from({ length: size / 10 }, (_, i) => `a${i}=b`).join(" ").slice(0, size - 10)}>`,
  "titles": (size) => repeat('<b title="&lt;">', size),
  "one long address": (size) => `<a href="${"a".repeat(size - 20)}">b</a>`,
  "one long picture": (size) => `<img src="data:image/png;base64,${"A".repeat(size - 60)}">`,
  "an address of spaces": (size) => `<a href="${" ".repeat(size - 20)}b">b</a>`,
  "<!--": (size) => repeat("<!--", size),
  "<!-- -->": (size) => repeat("<!---->", size),
  "<?": (size) => repeat("<?", size),
  "<![CDATA[": (size) => repeat("<![CDATA[", size),
  "<script>": (size) => repeat("<script>", size),
  "<details>": (size) => repeat("<details open></details>", size),
  "<table>": (size) => repeat("<table><tr><td>a</td></tr></table>", size),
  "&": (size) => "&".repeat(size),
  "&amp;": (size) => repeat("&amp;", size),
  "&#x41;": (size) => repeat("&#x41;", size),
  "> ": (size) => repeat("> ", size),
  "> a": (size) => repeat("> a\n", size),
  "quotes in quotes": (size) => {
    let text = "";
    for (let n = 1; text.length < size - 2 * n; n = n % 60 + 1) text += `${"> ".repeat(n)}a\n\n`;
    return text;
  },
  "- ": (size) => repeat("- ", size),
  "- a": (size) => repeat("- a\n", size),
  "- a apart": (size) => repeat("- a\n\n", size),
  "lists in lists": (size) => {
    let text = "";
    for (let n = 0; text.length < size - n - 6; n = (n + 2) % 90) text += `${" ".repeat(n)}- a\n`;
    return text;
  },
  "lists in lists, apart": (size) => {
    let text = "";
    for (let n = 0; text.length < size - n - 6; n = (n + 2) % 90) text += `${" ".repeat(n)}- a\n\n`;
    return text;
  },
  "steps of lists": (size) => {
    let text = "";
    for (let n = 0; text.length < size - n - 6; n += 2) text += `${" ".repeat(n)}- a\n`;
    return text;
  },
  "1. ": (size) => repeat("1. a\n", size),
  "- [ ]": (size) => repeat("- [ ] a\n", size),
  "# a": (size) => repeat("# a\n", size),
  "#": (size) => "#".repeat(size),
  "a setext": (size) => repeat("a\n-\n", size),
  "---": (size) => repeat("---\n", size),
  "- - -": (size) => repeat("- ", size),
  "| a |": (size) => repeat("| a ", size),
  "a table": (size) => `| a | b |\n|---|---|\n${repeat("| a | b |\n", size - 30)}`,
  "a wide table": (size) => {
    const third = Math.floor(size / 3);
    return `${repeat("|a", third)}\n${repeat("|-", third)}\n${repeat("|a", third - 3)}\n`;
  },
  "tables": (size) => repeat("|a|\n|-|\n|b|\n\n", size),
  "|-": (size) => repeat("|-", size),
  "http://a.b": (size) => repeat("http://a.b ", size),
  "www.a.b": (size) => repeat("www.a.b ", size),
  "a@b.c": (size) => repeat("a@b.c ", size),
  "a.a.a": (size) => repeat("a.", size),
  "http://a.a.a": (size) => `http://${repeat("a.", size - 8)}`,
  "a_a": (size) => repeat("a_", size),
  "a@": (size) => repeat("a@", size),
  "a\\": (size) => repeat("a\\\n", size),
  "code": (size) => repeat("    a\n", size),
  "fences": (size) => repeat("```\n", size),
  "fenced": (size) => repeat("```\na\n```\n", size),
  "paragraphs": (size) => repeat("a\n\n", size),
  "paragraphs of a**b": paragraphs("a**b", 19_900),
  "paragraphs of *a _b": paragraphs("*a _b ", 19_900),
  "paragraphs of *": paragraphs("*", 19_900),
  "paragraphs of _a": paragraphs("_a ", 19_900),
  "paragraphs of *a**b": paragraphs("*a**b", 19_900),
  "paragraphs of ~~a": paragraphs("~~a ", 19_900),
  "paragraphs of [": paragraphs("[", 19_900),
  "paragraphs of [a](": paragraphs("[a](", 19_900),
  "paragraphs of [a](<": paragraphs("[a](<", 19_900),
  "paragraphs of ![a](b": paragraphs("![a](b", 19_900),
  "paragraphs of `": paragraphs("`a``b", 19_900),
  "paragraphs of <": paragraphs("<", 19_900),
  "paragraphs of <a": paragraphs("<a ", 19_900),
  "paragraphs of <!--": paragraphs("<!--", 19_900),
  "paragraphs of > ": paragraphs("> ", 19_900),
  "paragraphs of - ": paragraphs("- ", 19_900),
  "paragraphs of a.": paragraphs("a.", 19_900),
  "paragraphs of a@": paragraphs("a@", 19_900),
  "paragraphs of http": paragraphs("http://a", 19_900),
  "paragraphs of |": paragraphs("|", 19_900),
  "paragraphs of spaces": paragraphs("a                   ", 19_900),
  "paragraphs of &": paragraphs("&a", 19_900),
  "paragraphs of \\": paragraphs("\\", 19_900),
};

const count = (n: number, piece: (i: number) => string) =>
  Array.from({ length: n }, (_, i) => piece(i)).join(",");

/** JSON of about one megabyte, by name. */
export const values: Readonly<Record<string, (size: number) => string>> = {
  "80,000 pairs": (size) => `{${count(size / 13, (i) => `"k${i.toString(36)}":0`)}}`.slice(0, size + 20),
  "pairs of digits": (size) => `{${count(size / 10, (i) => `"${i}":0`)}}`,
  "pairs of long names": (size) => `{${count(size / 60, (i) => `"${"k".repeat(48)}${i}":0`)}}`,
  "numbers": (size) => `[${repeat("1,", size - 4)}1]`,
  "numbers with a point": (size) => `[${repeat("1.5,", size - 4)}1]`,
  "numbers with an exponent": (size) => `[${repeat("1e99,", size - 4)}1]`,
  "long numbers": (size) => `[${repeat(`0.${"1".repeat(198)},`, size - 4)}1]`,
  "lists": (size) => `[${repeat("[],", size - 4)}[]]`,
  "lists of one": (size) => `[${repeat("[1],", size - 4)}[]]`,
  "objects": (size) => `[${repeat("{},", size - 4)}{}]`,
  "objects of one": (size) => `[${repeat('{"a":1},', size - 4)}{}]`,
  "objects of one name each": (size) => `[${count(size / 12, (i) => `{"${i.toString(36)}":1}`)}]`,
  "empty texts": (size) => `[${repeat('"",', size - 5)}""]`,
  "texts": (size) => `[${repeat('"ab",', size - 5)}""]`,
  "true": (size) => `[${repeat("true,", size - 5)}true]`,
  "null": (size) => `[${repeat("null,", size - 5)}null]`,
  "deep lists": (size) => {
    const one = `${"[".repeat(24)}${"]".repeat(24)},`;
    return `[${repeat(one, size - 4)}[]]`;
  },
  "deep objects": (size) => {
    const one = `${'{"a":'.repeat(24)}0${"}".repeat(24)},`;
    return `[${repeat(one, size - 4)}{}]`;
  },
  "too deep": (size) => `${"[".repeat(size / 2)}${"]".repeat(size / 2)}`,
  "escaped text": (size) => `"${repeat("\\u0041", size - 2)}"`,
  "escaped quotes": (size) => `"${repeat('\\"', size - 2)}"`,
  "escaped names": (size) => `{${count(size / 20, (i) => `"\\u0041${i}":0`)}}`,
};
