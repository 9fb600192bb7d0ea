// Files on a whole server: what only its routes, its settings, its disk and its restarts show.
import assert from "node:assert/strict";
import { join } from "node:path";
import type { FileRef } from "@/lib/value/file_ref.ts";
import { startServer } from "@/tests/server.ts";

const CANARY = "canary-4c1d7e";
const page = "/demos/digits";
const linux = Deno.build.os === "linux";
const PNG = new TextEncoder().encode("0123456789");
PNG.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

Deno.test("No spelling of a path reaches a file that was not sent, on any route", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(join(folder.path, "secret"), CANARY);
  const data = join(folder.path, "data");
  // What an operator may have put into the folder: links and pipes where files lie, under good names.
  const ids = ["AAlinklinklinklinklinklink".slice(0, 24), "AApipepipepipepipepipepipe".slice(0, 24)];
  await Deno.mkdir(join(data, "A", "A"), { recursive: true });
  for (const [at, id] of ids.entries()) {
    const path = join(data, "A", "A", id);
    if (at === 0) await Deno.symlink(join(folder.path, "secret"), path);
    else if (linux) await new Deno.Command("mkfifo", { args: [path] }).output();
    const size = at === 0 ? CANARY.length : 0;
    const record = { id, owner: "x", name: "x", size, mime: "text/plain", createdMs: 0, expiresMs: 9e15 };
    await Deno.writeTextFile(`${path}.json`, JSON.stringify(record));
  }
  await using server = await startServer({ ATOLL_DATA: data, CANARY_ENV: CANARY });
  const { id } = await send(server.base, await sessionOf(server.base), PNG);
  const up = (depth: number) => "../".repeat(depth);
  const escapes = ["%2e%2e%2f", "..%2f", "%2e%2e/", ".%2e/"];
  const tails = [
    `${up(1)}secret`,
    ...Array.from({ length: 12 }, (_, at) => `${up(at + 1)}secret`),
    ...escapes.flatMap((escape) => Array.from({ length: 12 }, (_, at) => `${escape.repeat(at + 1)}secret`)),
    "%c0%ae%c0%ae%c0%af",
    "%e0%80%ae",
    "%u002e",
    "%ef%bc%8e%ef%bc%8e%ef%bc%8fsecret",
    `${id}/../../secret`,
    `${id}/..;/x`,
    `${id}%00.png`,
    `${id}.html`,
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "file:///etc/passwd",
    "%5C%5C%3F%5CC:%5Cx",
    "C:%5Cx",
    "x.txt::$DATA",
    "CON",
    "NUL.png",
    "x.",
    "x%20",
    ids[0],
    ids[1],
    id.toUpperCase(),
    id.toLowerCase(),
    `${id}/`,
    `${id}/.`,
    `${id}e%CC%81`,
    "proc/self/environ",
    "dev/stdin",
    "dev/zero",
  ];
  const wild = [`${page}/files/`, "/files/", "/static/", "/assets/", "/_fresh/", "/", `${page}/`];
  const fixed = [
    "/.env",
    "/.git/config",
    "/deno.json",
    "/deno.lock",
    "/main.ts",
    "/.well-known/../.env",
    "/_fresh/../deno.json",
    "/node_modules/zod/package.json",
    "/static/../static_private/x",
    "/staticX/x",
    "/files.lock",
    "/data/files.lock",
  ];
  const good = [`${page}/`, page];
  for (const path of [...fixed, ...wild.flatMap((root) => tails.map((tail) => root + tail))]) {
    const answer = await raw(server.base, path);
    const status = Number(answer.slice(9, 12));
    assert.ok(!answer.includes(CANARY) && !answer.includes("root:x:0"), path);
    // The server's parser takes the dots off, so some of them are plain addresses of pages.
    const plain = URL.parse(path, server.base)?.pathname ?? "";
    const isPage = good.includes(plain) || plain === "/";
    assert.ok([400, 404].includes(status) || isPage && status === 200, `${path}: ${status}`);
  }
  assert.match(await raw(server.base, `${page}/files/${id}`), /^HTTP\/1\.1 200 /);
});

Deno.test("Files and uploads outlive a server that is killed, and have one server at a time", async () => {
  await using folder = await tempFolder();
  const env = { ATOLL_DATA: folder.path, ATOLL_SECRET: "c3Bob2VuaXggcmlzaW5nIGZyb20gdGhlIGFzaGVz" };
  const first = await startServer(env);
  const session = await sessionOf(first.base);
  const { id } = await send(first.base, session, PNG);
  const headers = { "atoll-session": session };
  const begun = await fetch(`${first.base}${page}/files`, {
    method: "POST",
    headers: { ...headers, "upload-length": "10", "upload-complete": "?0" },
  });
  await begun.body?.cancel();
  const place = begun.headers.get("location") ?? "";
  const piece = async (base: string, offset: number, bytes: Uint8Array<ArrayBuffer>, last: boolean) =>
    await fetch(base + place, {
      method: "PATCH",
      headers: {
        ...headers,
        "content-type": "application/partial-upload",
        "upload-offset": String(offset),
        "upload-complete": last ? "?1" : "?0",
      },
      body: bytes,
    });
  assert.equal((await piece(first.base, 0, PNG.slice(0, 4), false)).status, 204);
  await assert.rejects(startServer(env), /in use by process/);
  await first.end("SIGKILL");

  await using second = await startServer(env);
  const kept = await fetch(`${second.base}${page}/files/${id}`);
  assert.deepEqual([kept.status, await kept.bytes()], [200, PNG]);
  const asked = await fetch(second.base + place, { method: "HEAD", headers });
  assert.deepEqual([asked.status, asked.headers.get("upload-offset")], [204, "4"]);
  const done = await piece(second.base, 4, PNG.slice(4), true);
  assert.equal(done.status, 200);
  const { url } = await done.json() as FileRef;
  assert.deepEqual(await (await fetch(second.base + url)).bytes(), PNG);
});

Deno.test("A file that nobody asks for is gone from the disk when its time is up", async () => {
  await using folder = await tempFolder();
  await using server = await startServer({ ATOLL_DATA: folder.path, ATOLL_KEEP_FILES: "0.0003" });
  using watcher = Deno.watchFs(folder.path);
  const { id } = await send(server.base, await sessionOf(server.base), PNG);
  const gone = new Set<string>();
  for await (const { kind, paths } of watcher) {
    if (kind !== "remove") continue;
    for (const path of paths) if (path.includes(`${id.charAt(0)}/${id.charAt(1)}/`)) gone.add(path.slice(-5));
    if (gone.size === 2) break;
  }
  const late = await fetch(`${server.base}${page}/files/${id}`);
  assert.equal(late.status, 404);
  await late.body?.cancel();
});

Deno.test("A session that has sent its fill is refused, and others are not", async () => {
  const env = { ATOLL_QUOTA: "1000000", ATOLL_QUOTA_FILES: "3", ATOLL_DISK: "2000000" };
  await using server = await startServer(env);
  const mine = await sessionOf(server.base);
  const [theirs, others] = [await sessionOf(server.base), await sessionOf(server.base)];
  const status = async (session: string, size: number) => {
    const answer = await post(server.base, session, new Uint8Array(size));
    await answer.body?.cancel();
    return answer.status;
  };
  assert.equal(await status(mine, 900_000), 200);
  assert.equal(await status(mine, 100_001), 413);
  // Each file counts 8 KiB besides its bytes.
  assert.equal(await status(theirs, 1_000_000), 413);
  assert.equal(await status(theirs, 991_000), 200);
  assert.equal(await status(mine, 1), 200);
  assert.equal(await status(mine, 1), 200);
  assert.equal(await status(mine, 1), 413);
  assert.equal(await status(others, 100_000), 507);
  assert.equal(await status(others, 60_000), 200);
});

Deno.test("A full disk is told as 507, leaves nothing half done, and the server goes on when there is room", {
  ignore: !linux || Deno.uid() !== 0,
}, async () => {
  await using folder = await tempFolder();
  const args = ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.path];
  const { success } = await new Deno.Command("mount", { args, stderr: "null" }).output();
  // Where mounts are not allowed, the tests of the store stand for this one.
  if (!success) return;
  try {
    await using server = await startServer({ ATOLL_DATA: folder.path });
    const session = await sessionOf(server.base);
    const first = await send(server.base, session, new Uint8Array(300_000));
    const before = await count(folder.path);
    for (let round = 0; round < 3; round++) {
      const answer = await post(server.base, session, new Uint8Array(900_000));
      const { error } = await answer.json() as { error: { code: string } };
      assert.deepEqual([answer.status, error.code], [507, "no_space"]);
      assert.equal(await count(folder.path), before);
      const alive = await fetch(server.base + page);
      assert.equal(alive.status, 200);
      await alive.body?.cancel();
    }
    const freed = await fetch(server.base + first.url, {
      method: "DELETE",
      headers: { "atoll-session": session },
    });
    assert.equal(freed.status, 204);
    await send(server.base, session, new Uint8Array(300_000));
  } finally {
    await new Deno.Command("umount", { args: ["-l", folder.path] }).output();
  }
});

Deno.test("A file counts for its id alone, and only for the session that sent it", async () => {
  await using server = await startServer();
  const [mine, theirs] = [await sessionOf(server.base), await sessionOf(server.base)];
  const text = new TextEncoder().encode("no picture");
  const sent = await post(server.base, mine, text, "real.txt");
  const ref = await sent.json() as FileRef;
  const begun = await fetch(`${server.base}${page}/files`, {
    method: "POST",
    headers: { "atoll-session": mine, "upload-length": "10", "upload-complete": "?0" },
  });
  await begun.body?.cancel();
  const unfinished = begun.headers.get("location")?.replace(/.*\//, "");
  const use = async (session: string, picture: unknown) => {
    const body = JSON.stringify({ action: "predict", input: { picture }, session });
    const headers = { "content-type": "application/json" };
    return await (await fetch(server.base + page, { method: "POST", headers, body })).text();
  };
  const unknown = /"code":"bad_input".*This file has expired.*"field":"picture"/;
  const lie = { ...ref, name: "fake.png", mime: "image/png", size: 1, url: "/etc/passwd" };
  const told = await use(mine, lie);
  assert.match(told, /Cannot read .*real\.txt.* as a picture/);
  assert.doesNotMatch(told, /fake|passwd/);
  for (const id of [ref.id, unfinished, "A".repeat(24)]) {
    assert.match(await use(theirs, { ...lie, id }), unknown);
  }
  assert.match(await use(mine, { ...lie, id: unfinished }), unknown);
  for (
    const wrong of [
      { path: "/etc/passwd" },
      { url: "file:///etc/passwd" },
      { ...lie, id: "../../etc/passwd" },
      { id: ref.id },
      "/etc/passwd",
      ref.url,
      [ref],
    ]
  ) {
    assert.match(await use(mine, wrong), /"code":"bad_input"/, JSON.stringify(wrong));
  }
});

Deno.test("Uploads are written by pages of this server alone, at the place for files alone", async () => {
  await using server = await startServer();
  const session = await sessionOf(server.base);
  const { url } = await send(server.base, session, PNG);
  const answer = async (method: string, path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(server.base + path, {
      method,
      headers: { "atoll-session": session, ...headers },
    });
    await response.body?.cancel();
    return response.status;
  };
  const foreign: readonly Record<string, string>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site" },
  ];
  for (const headers of foreign) {
    for (const method of ["PATCH", "DELETE"]) assert.equal(await answer(method, url, headers), 403);
    const begin = { "upload-length": "1", "upload-complete": "?0", ...headers };
    assert.equal(await answer("POST", `${page}/files`, begin), 403);
  }
  for (const method of ["PUT", "PATCH", "DELETE"]) {
    assert.equal(await answer(method, page), 405, `${method} ${page}`);
    assert.equal(await answer(method, `${page}/files`), 405, `${method} ${page}/files`);
  }
  assert.equal(await answer("PUT", url), 405);
  assert.equal(await answer("POST", url), 405);
  assert.equal(await answer("GET", url), 200);
  assert.equal(await answer("DELETE", url), 204);
  assert.equal(await answer("GET", url), 404);
});

/** The session token that a page was given. */
async function sessionOf(base: string): Promise<string> {
  const html = await (await fetch(base + page)).text();
  const token = /name="\$session" value="([^"]+)"/.exec(html)?.[1];
  assert.ok(token, "the page names no session");
  return token;
}

async function post(
  base: string,
  session: string,
  bytes: Uint8Array<ArrayBuffer>,
  name = "x.png",
): Promise<Response> {
  const headers = { "atoll-session": session, "atoll-name": name };
  return await fetch(`${base}${page}/files`, { method: "POST", body: bytes, headers });
}

async function send(base: string, session: string, bytes: Uint8Array<ArrayBuffer>): Promise<FileRef> {
  const answer = await post(base, session, bytes);
  assert.equal(answer.status, 200);
  return await answer.json();
}

/** The answer to a request whose path nobody has made right. */
async function raw(base: string, path: string): Promise<string> {
  const { hostname, port, host } = new URL(base);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  return await new Response(connection.readable).text();
}

async function count(folder: string): Promise<number> {
  let files = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (name.startsWith("atoll.db")) continue;
    files += isDirectory ? await count(join(folder, name)) : 1;
  }
  return files;
}

async function tempFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }).catch(() => {}) };
}
