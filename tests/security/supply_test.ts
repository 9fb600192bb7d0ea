import assert from "node:assert/strict";
import { ADVISORIES, isBefore } from "./advisories.ts";

const root = new URL("../../", import.meta.url);

/** What no file may say that a machine runs for every change. */
const RULES: readonly (readonly [what: string, pattern: RegExp, seeded: string])[] = [
  ["an action that is not pinned by its hash", /uses:\s*(?!\.\/)\S+@(?![0-9a-f]{40}\b)/, "uses: a/b@v4"],
  [
    "a workflow that runs strangers' code with rights",
    /pull_request_target|workflow_run/,
    "on: pull_request_target",
  ],
  [
    "text of strangers in a shell",
    /\$\{\{\s*github\.(?:event|head_ref)/,
    "run: echo ${{ github.event.issue.title }}",
  ],
  ["secrets", /\$\{\{\s*secrets\./, "env: ${{ secrets.TOKEN }}"],
  ["a script from the network in a shell", /(?:curl|wget)[^\n|]*\|\s*(?:ba|z)?sh\b/, "curl https://x | sh"],
  ["a tool without its version", /\bnpx (?:-\S+ )*(?!-|\S+@\d)\S+|\bdeno upgrade\b/, "npx -y deno task test"],
];

Deno.test("P01: what runs for every change is pinned, takes no text of strangers and no secrets", async () => {
  for (const [what, pattern, seeded] of RULES) assert.match(seeded, pattern, what);
  let files = 0;
  for await (const [path, text] of filesOf(".ci", ".github")) {
    files++;
    for (const [what, pattern] of RULES) assert.doesNotMatch(text, pattern, `${path} has ${what}`);
  }
  assert.ok(files > 0);
});

Deno.test("P04: every package has one version, from npm, with the hash of what was looked through", async () => {
  const lock = JSON.parse(await Deno.readTextFile(new URL("deno.lock", root)));
  const packages = Object.entries(lock.npm as Record<string, { integrity?: string; tarball?: string }>);
  assert.ok(packages.length > 50);
  for (const [name, { integrity, tarball }] of packages) {
    assert.match(integrity ?? "", /^sha512-/, name);
    assert.equal(tarball, undefined, `${name} comes from elsewhere`);
  }
  assert.deepEqual(Object.keys(lock.remote ?? {}), []);
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  for (const [name, from] of Object.entries(imports as Record<string, string>)) {
    assert.match(from, /^(?:\.\/|npm:|jsr:@(?:fresh\/core|std\/testing)@)/, name);
  }
});

Deno.test("P04: no package of the lock file is one with a known hole of severity high or critical", async () => {
  const lock = JSON.parse(await Deno.readTextFile(new URL("deno.lock", root)));
  const found: string[] = [];
  for (const key of Object.keys(lock.npm)) {
    const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(key) ?? [];
    for (const { id, of, from = "0", fixed } of ADVISORIES) {
      if (name !== of || isBefore(version as string, from) || !isBefore(version as string, fixed)) continue;
      found.push(`${name} ${version}: ${id}, fixed in ${fixed}`);
    }
  }
  assert.deepEqual(found, []);
  // What finds nothing might look for nothing.
  for (const { of, fixed } of ADVISORIES) assert.ok(isBefore("0.0.1", fixed), of);
  assert.ok(isBefore("2.9.10", "2.10.0") && isBefore("1.0.0-rc.1", "1.0.0") && !isBefore("1.0.0", "1.0.0"));
});

async function* filesOf(...folders: string[]): AsyncGenerator<[path: string, text: string]> {
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (!await Deno.stat(new URL(folder, root)).then(() => true, () => false)) continue;
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
      const path = `${folder}/${name}`;
      if (isDirectory) folders.push(path);
      else yield [path, await Deno.readTextFile(new URL(path, root))];
    }
  }
}
