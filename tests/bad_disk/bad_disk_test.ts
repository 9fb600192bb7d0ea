import assert from "node:assert/strict";
import { join } from "node:path";
import { openStore } from "@/lib/store/records_open.ts";
import { EIO, ENOSPC, failingDisk } from "./failing_disk.ts";

const root = new URL("../../", import.meta.url);

for (
  const [call, part, errno, code] of [
    ["write", "-wal", EIO, "offline"],
    ["sync", "-wal", EIO, "offline"],
    ["write", "-wal", ENOSPC, "no_space"],
    ["sync", "-wal", ENOSPC, "offline"],
    ["write", "-wal", 30, "offline"],
    ["write", "-wal", 122, "offline"],
  ] as const
) {
  Deno.test(`A store refuses with ${code} while ${call} fails with ${errno} on its log, and goes on by itself`, async () => {
    await using disk = await failingDisk();
    if (!disk) return;
    const path = join(disk.folder, "atoll.db");
    const child = new StoreChild(path, disk.env);
    assert.equal(await child.next(), "open");
    assert.deepEqual(await child.say("before"), ["kept before"]);
    disk.fail(call, part, errno);
    const refused = await child.say("while0");
    assert.deepEqual(refused, ["news failed", code]);
    for (let at = 1; at < 5; at++) assert.deepEqual(await child.say(`while${at}`), [code]);
    disk.heal();
    const after = await child.say("after");
    assert.deepEqual(after, ["news well", "kept after"]);
    for (let at = 0; at < 5; at++) assert.deepEqual(await child.say(`get while${at}`), [`none while${at}`]);
    assert.deepEqual(await child.say("get before"), ["found before"]);
    await child.kill();
    // And so finds it the next process, after a crash.
    await using store = await openStore(`sqlite:${path}`);
    const names = (await Array.fromAsync(store.list({ prefix: [] }))).map(({ key }) => key[0]);
    assert.deepEqual(names, ["after", "before"]);
  });
}

Deno.test("A store loses nothing when its log cannot be moved to the file for a while", async () => {
  await using disk = await failingDisk();
  if (!disk) return;
  const path = join(disk.folder, "atoll.db");
  const child = new StoreChild(path, disk.env);
  assert.equal(await child.next(), "open");
  // Not the log: the file itself.
  disk.fail("sync", "atoll.db", EIO);
  const kept: string[] = [];
  for (let at = 0; at < 100; at++) {
    if (at === 60) disk.heal();
    const said = (await child.say(`k${100 + at}`)).at(-1);
    if (said === `kept k${100 + at}`) kept.push(`k${100 + at}`);
  }
  assert.ok(kept.includes("k199"));
  await child.kill();
  await using store = await openStore(`sqlite:${path}`);
  const names = (await Array.fromAsync(store.list({ prefix: [] }))).map(({ key }) => key[0]);
  assert.deepEqual(names, kept);
});

class StoreChild {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #rest = "";

  constructor(path: string, env: Readonly<Record<string, string>>) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "tests/bad_disk/store_child.ts", path],
      cwd: root,
      env,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#lines = this.#child.stdout
      .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
    this.#writer = this.#child.stdin.getWriter();
  }

  /** The next line that it says. */
  async next(): Promise<string> {
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error(`It ended: ${this.#rest}`);
      this.#rest += value;
    }
    const end = this.#rest.indexOf("\n");
    const line = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end + 1);
    return line;
  }

  /** Tells it a line, and gives what it says to that, news first. */
  async say(line: string): Promise<string[]> {
    await this.#writer.write(new TextEncoder().encode(`${line}\n`));
    const said = [await this.next()];
    while (said.at(-1)?.startsWith("news")) said.push(await this.next());
    return said;
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#lines.cancel();
    await this.#writer.close().catch(() => {});
  }
}
