import assert from "node:assert/strict";

/** What no source of the project may say, but for the files in which it is the point. */
interface SourceRule {
  readonly what: string;
  readonly pattern: RegExp;
  /** Where it is looked for. Of tests and what belongs to them where the rule is of tests. */
  readonly of: RegExp;
  readonly ofTests?: true;
  /** Files in which it is right; each of them must still need it. */
  readonly but: readonly string[];
  /** What the pattern must find. */
  readonly seeded: readonly string[];
}

const anywhere = /^/;
const server =
  /^(?!lib\/client\/|islands\/|components\/[a-z_]+\/[a-z_]*view\.tsx|lib\/engine\/pool\/testing\/)/;

const rules: readonly SourceRule[] = [
  {
    what: "asks somebody outside, past safeFetch()",
    pattern:
      /(?<![.\w#])fetch\(|\bhttps?\.(?:request|get)\b|\b(?:Deno|net|tls)\.connect(?:Tls)?\(|new (?:WebSocket|EventSource)\(|from "(?:node:(?:https?|http2|tls|dgram)|undici|axios)"/,
    of: server,
    // The second asks a socket of this machine, and nobody else.
    but: ["lib/gate/outgoing.ts", "lib/engine/pool/start_there.ts"],
    seeded: [
      "await fetch(url)",
      "globalThis.x = fetch(y)",
      "http.request(url)",
      'from "node:https"',
      "Deno.connect({})",
    ],
  },
  {
    what: "looks for the end of a run from each of its places, which takes the square of its length",
    pattern: /(?<!\\)[|(/](?:\[[^\]]*\]|\\s|\.)[+*]\$\/[gimsuy]*/,
    of: server,
    // At most 4,096 letters.
    but: ["lib/store/name.ts"],
    seeded: ['text.replace(/[\\0-\\x20]+$/g, "")', 'text.replace(/^\\s+|\\s+$/g, "")', "text.split(/\\s*$/)"],
  },
  {
    what: "counts a run from each of its places, which takes its length times the count",
    pattern: /(?<!\\)[|(/]\\[dws]\{\d{2,}/,
    of: server,
    but: [],
    seeded: ["/\\d{200}/.test(text)", "/a|\\s{100,}/", "/(\\w{64})x/"],
  },
  {
    what: "takes Enter for a request to send without asking isEnter() whether it ended a composition",
    pattern: /\.key\s*[!=]==?\s*"Enter"|case "Enter"/,
    of: /^(?:components|islands|lib\/client)\//,
    but: ["components/ui/enter.ts"],
    seeded: ['if (event.key !== "Enter") return', 'case "Enter":'],
  },
  {
    what:
      "gives up the body of a request, which keeps its connection and no longer counts it: see leftover()",
    pattern: /\b(?:req|request)\.body\??\.cancel\(/,
    of: server,
    // A body that is bounded, whose source counts.
    but: ["lib/gate/guard.ts"],
    seeded: ["await request.body?.cancel()", "req.body.cancel()"],
  },
  {
    what: "reads the body of a request without its limits",
    pattern: /\b(?:req|request)\.(?:json|text|bytes|arrayBuffer|blob|formData)\(|\.formData\(/,
    of: anywhere,
    but: ["lib/gate/arrival.ts"],
    seeded: ["await request.json()", "context.req.text()", "x.formData()"],
  },
  {
    what: "reads JSON of a request without the limits of readJson()",
    pattern: /\bJSON\.parse\(/,
    of: /^(?:lib\/gate|routes\/(?!demos\/\())/,
    but: ["lib/gate/body.ts"],
    seeded: ["JSON.parse(text)"],
  },
  {
    what: "writes raw HTML into a page",
    pattern:
      /\b(?:inner|outer)HTML\b|insertAdjacentHTML|dangerouslySetInnerHTML|\bsrcdoc\b|createContextualFragment|document\.write/i,
    of: anywhere,
    // A script of ours, what the sanitiser gave, and the document that has no rights.
    but: ["lib/gate/draw.tsx", "components/ui/safe_html.tsx", "lib/gate/sandbox.ts"],
    seeded: [
      "element.innerHTML = x",
      "dangerouslySetInnerHTML={{}}",
      "<iframe srcDoc={x}>",
      "document.write(x)",
    ],
  },
  {
    what: "makes code of text",
    pattern: /(?<![.\w])eval\(|\bnew Function\b|(?<![.\w])Function\(|set(?:Timeout|Interval)\(\s*["'`]/,
    of: anywhere,
    but: [],
    seeded: ["eval(x)", "new Function(x)", 'setTimeout("x")'],
  },
  {
    // Those are old objects from the start: each keeps what it knows until V8 looks through all of them.
    what: "writes a function straight into a property, where that is done for every event",
    pattern:
      /[\w\])]\.#?\w+ (?:\?\?=|\|\|=|=) (?:async )?(?:\([^()]*\)|\w+) =>|[\w\])]\.#?\w+ = (?:async )?function/,
    of: /^lib\/(?:demo|engine(?!\/pool)|gate|ops|value|wire)\//,
    // Once, for the app.
    but: ["lib/gate/guard.ts"],
    seeded: [
      "this.#emit ??= (frame) => x",
      "attempt.stopped = () => {",
      "a.b = async (c) => d",
      "x.y = function () {",
    ],
  },
  {
    what: "starts a shell, or reads an environment past the permissions",
    pattern:
      /\bshell:\s*true|node:child_process|loadEnvFile|unsafe-proto|Deno\.Command\(\s*["'`](?:ba|z|da)?sh\b/,
    of: anywhere,
    but: [],
    seeded: ["shell: true", 'from "node:child_process"', "process.loadEnvFile()", 'new Deno.Command("sh")'],
  },
  {
    what: "looks something up by texts that are joined: tupleKey() makes a key that no name can imitate",
    pattern: /\.(?:get|set|has|delete|add|take|named)\(\s*`[^`]*\$\{[^`]*\$\{/,
    of: /./,
    but: [],
    seeded: [
      "map.get(`${session} ${page}`)",
      "this.#known.set(`${token}@${user}`, id)",
      "if (seen.has(\n  `${a}:${b}`",
    ],
  },
  {
    // A machine that does something else makes every time longer. Figures are of `deno task bench`.
    what: "compares times in a test",
    pattern:
      /\bperformance\.now\b|\b(?:thread)?[cC]puUsage\b|\bhrtime\b|\bTemporal\.Now\b|\bDate\.now\(\)\s*[-+<>]|[-<>]=?\s*Date\.now\(\)/,
    // Handlers of tests may keep a processor busy for a while.
    of: /^(?!tests\/proof\/|tests\/source_rules_test|.*routes\/)/,
    ofTests: true,
    but: [
      // The time of the machine, for what is given one.
      "lib/engine/pool/testing/setting.ts",
      // Measures for the bench.
      "tests/torture/neighbour.ts",
    ],
    seeded: [
      "const since = performance.now();",
      "assert.ok(Date.now() - since < 1000)",
      "while (since < Date.now()) await pause();",
      "const { user } = process.cpuUsage();",
      "process.threadCpuUsage()",
    ],
  },
];

for (const { what, pattern, of, ofTests, but, seeded } of rules) {
  Deno.test(`No source ${what}`, async () => {
    for (const line of seeded) assert.match(line, pattern);
    const found: string[] = [];
    const needed = new Set<string>();
    for await (const [path, text] of ofTests ? tests() : sources()) {
      if (!of.test(path) || !pattern.test(text)) continue;
      if (but.includes(path)) needed.add(path);
      else found.push(`${path}: ${text.split("\n").find((line) => pattern.test(line))?.trim()}`);
    }
    assert.deepEqual(found, []);
    assert.deepEqual([...needed].sort(), [...but].sort(), "an exception that nothing needs any more");
  });
}

const root = new URL("../", import.meta.url);

async function* sources(): AsyncGenerator<[path: string, text: string]> {
  for (const path of ["main.ts", "dev.ts"]) yield [path, await read(new URL(path, root))];
  const isTest = /_(?:test|bench|contract)\.tsx?$/;
  for await (const path of below(["lib/", "components/", "islands/", "routes/"])) {
    if (!isTest.test(path)) yield [path, await read(new URL(encodeURI(path), root))];
  }
}

async function* tests(): AsyncGenerator<[path: string, text: string]> {
  const isTest = /^tests\/|\/testing\/|_(?:test|contract|model)\.tsx?$/;
  for await (const path of below(["lib/", "components/", "routes/", "links/", "tests/"])) {
    if (isTest.test(path)) yield [path, await read(new URL(encodeURI(path), root))];
  }
}

async function* below(folders: string[]): AsyncGenerator<string> {
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for await (const { name, isDirectory } of Deno.readDir(new URL(encodeURI(folder), root))) {
      if (isDirectory && name !== "node_modules") folders.push(`${folder}${name}/`);
      else if (/\.tsx?$/.test(name)) yield folder + name;
    }
  }
}

// Comments may say anything.
async function read(file: URL): Promise<string> {
  const text = await Deno.readTextFile(file);
  return text.replace(/\/\*[^]*?\*\//g, "").replace(/^\s*\/\/.*$|(?<=[;,{)\]}] )\/\/ .*$/gm, "");
}
