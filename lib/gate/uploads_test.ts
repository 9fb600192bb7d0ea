import assert from "node:assert/strict";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import type { Blobs } from "@/lib/store/port.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { FileRef } from "@/lib/value/file_ref.ts";
import { answerFiles } from "./file_routes.ts";
import { refuse } from "./reply.ts";

const TEN = new TextEncoder().encode("0123456789");
const PIECE = { "content-type": "application/partial-upload" };

Deno.test("A file comes in pieces, and each answer says how far it is", async () => {
  const site = open();
  const begun = await site.ask("POST", "", {
    "upload-length": "10",
    "upload-complete": "?0",
    "atoll-name": "a%20b",
  });
  assert.equal(begun.status, 201);
  const place = begun.headers.get("location") ?? "";
  assert.match(place, /^\/x\/files\/[A-Za-z0-9_-]{22,64}$/);
  const id = place.slice("/x/files/".length);
  assert.deepEqual(progress(begun), ["0", "10", "?0"]);
  assert.deepEqual(progress(await site.ask("HEAD", id)), ["0", "10", "?0"]);

  const first = await site.piece(id, 0, TEN.subarray(0, 4));
  assert.equal(first.status, 204);
  assert.deepEqual(progress(first), ["4", "10", "?0"]);
  const asked = await site.ask("HEAD", id);
  assert.deepEqual([asked.status, asked.headers.get("cache-control")], [204, "no-store"]);
  assert.deepEqual(progress(asked), ["4", "10", "?0"]);
  assert.equal((await site.ask("GET", id)).status, 404);

  const last = await site.piece(id, 4, TEN.subarray(4), { "upload-complete": "?1" });
  assert.equal(last.status, 200);
  assert.deepEqual(progress(last), ["10", "10", "?1"]);
  const ref = await last.json() as FileRef;
  assert.deepEqual(ref, { id, url: `/x/files/${id}`, name: "a b", size: 10, mime: "text/plain" });
  assert.equal(await (await site.ask("GET", id)).text(), "0123456789");

  // Whoever lost that answer finds the file by asking how far the upload is; all others get the head of a file.
  const again = await site.ask("HEAD", id);
  assert.deepEqual(progress(again), ["10", "10", "?1"]);
  assert.deepEqual(JSON.parse(decodeURIComponent(again.headers.get("atoll-file") ?? "")), ref);
  for (const session of ["bob", undefined]) {
    const other = await site.ask("HEAD", id, {}, null, session);
    assert.deepEqual([other.status, other.headers.get("atoll-file")], [200, null]);
    assert.equal(other.headers.get("content-length"), "10");
  }
});

const begins: readonly (readonly [what: string, headers: Record<string, string>, status: number])[] = [
  ["no length", { "upload-complete": "?0" }, 400],
  ["no word on whether it is whole", { "upload-length": "10" }, 400],
  ["a length that is less than nothing", { "upload-complete": "?0", "upload-length": "-1" }, 400],
  ["a length past the end of numbers", { "upload-complete": "?0", "upload-length": "1e400" }, 400],
  ["a length of 2^63", { "upload-complete": "?0", "upload-length": "9223372036854775808" }, 400],
  ["a length that is no number", { "upload-complete": "?0", "upload-length": "NaN" }, 400],
  ["two lengths", { "upload-complete": "?0", "upload-length": "10, 11" }, 400],
  ["a length over the limit", { "upload-complete": "?0", "upload-length": "1001" }, 413],
  ["all bytes at once", { "upload-complete": "?1", "upload-length": "0" }, 400],
  ["a broken name", { "upload-complete": "?0", "upload-length": "1", "atoll-name": "%zz" }, 400],
  ["parts of others", {
    "upload-complete": "?0",
    "upload-length": "1",
    "upload-concat": "final;/x/files/a /x/files/b",
  }, 400],
  ["a length that comes later", { "upload-defer-length": "1" }, 400],
  ["another protocol", { "tus-resumable": "1.0.0", "upload-length": "10" }, 400],
];
for (const [what, headers, status] of begins) {
  Deno.test(`An upload does not begin with ${what}`, async () => {
    const { ask, blobs } = open();
    assert.equal((await ask("POST", "", headers)).status, status);
    // Nothing of it counts.
    await blobs.put(new Uint8Array(1000), { owner: "ann", name: "x" });
  });
}

const pieces: readonly (readonly [what: string, headers: Record<string, string>, status: number])[] = [
  ["before the bytes that are there", { "upload-offset": "3" }, 409],
  ["after the bytes that are there", { "upload-offset": "5" }, 409],
  ["at a place less than nothing", { "upload-offset": "-1" }, 400],
  ["at a place past the end of numbers", { "upload-offset": "1e400" }, 400],
  ["at NaN", { "upload-offset": "NaN" }, 400],
  ["at 2^63", { "upload-offset": "9223372036854775808" }, 400],
  ["nowhere", { "upload-offset": "" }, 400],
  ["of a whole that changed its length", { "upload-length": "11" }, 400],
  ["that says neither that it is the last nor that it is not", { "upload-complete": "yes" }, 400],
  ["with a checksum that reaches out", { "upload-checksum": "sha1 ../../../etc/passwd" }, 400],
  ["of another type", { "content-type": "application/offset+octet-stream" }, 415],
  ["that is compressed", { "content-encoding": "gzip" }, 415],
];
for (const [what, headers, status] of pieces) {
  Deno.test(`A piece is refused ${what}, and the upload goes on`, async () => {
    const site = open();
    const id = await site.begin(10);
    await site.piece(id, 0, TEN.subarray(0, 4));
    const answer = await site.piece(id, 4, TEN.subarray(4), headers);
    assert.equal(answer.status, status);
    if (status === 409) assert.deepEqual(progress(answer), ["4", "10", "?0"]);
    const { error } = await answer.json() as { error: { code: string } };
    assert.equal(typeof error.code, "string");
    assert.deepEqual(progress(await site.ask("HEAD", id)), ["4", "10", "?0"]);
    await site.piece(id, 4, TEN.subarray(4), { "upload-complete": "?1" });
    assert.equal(await (await site.ask("GET", id)).text(), "0123456789");
  });
}

Deno.test("A piece makes no more and no fewer bytes than were told, with a length of its own and without", async () => {
  const site = open();
  const id = await site.begin(10);
  const both: readonly Record<string, string>[] = [{ "content-length": "11" }, {}];
  for (const length of both) {
    assert.equal((await site.piece(id, 0, new Uint8Array(11), length)).status, 400);
    assert.equal((await site.ask("GET", id)).status, 404);
  }
  const short = await site.piece(id, 0, TEN.subarray(0, 4), {
    "content-length": "4",
    "upload-complete": "?1",
  });
  assert.equal(short.status, 400);
  assert.deepEqual(progress(await site.ask("HEAD", id)), ["0", "10", "?0"]);
});

Deno.test("A piece after the end finds no upload, and changes nothing", async () => {
  const site = open();
  const id = await site.begin(10);
  await site.piece(id, 0, TEN, { "upload-complete": "?1" });
  for (const offset of [0, 10]) {
    const late = await site.piece(id, offset, TEN, { "upload-complete": "?1" });
    assert.equal(late.status, 404);
  }
  assert.equal(await (await site.ask("GET", id)).text(), "0123456789");
});

Deno.test("Of two writers at once exactly one wins, and the bytes are its own", async () => {
  const site = open();
  for (let round = 0; round < 20; round++) {
    const id = await site.begin(10);
    const slow = (byte: number) =>
      ReadableStream.from([0, 1, 2, 3, 4].map(() => new Uint8Array(2).fill(byte)));
    const answers = await Promise.all(
      [49, 50, 51].map((byte) => site.piece(id, 0, slow(byte), { "upload-complete": "?1" })),
    );
    const statuses = answers.map(({ status }) => status);
    assert.deepEqual(statuses.toSorted(), [200, 409, 409]);
    const winner = String(statuses.indexOf(200) + 1);
    assert.equal(await (await site.ask("GET", id)).text(), winner.repeat(10));
    await site.ask("DELETE", id);
  }
});

Deno.test("An upload of another session is as if it were not there, whatever is asked of it", async () => {
  const site = open();
  const id = await site.begin(10);
  await site.piece(id, 0, TEN.subarray(0, 4));
  const missing = await told(await site.ask("GET", "A".repeat(24)));
  for (const asked of [id, "A".repeat(24)]) {
    const patched = await site.piece(asked, 4, TEN.subarray(4), { "upload-complete": "?1" }, "bob");
    assert.deepEqual(await told(patched), missing);
    assert.deepEqual(await told(await site.ask("DELETE", asked, {}, null, "bob")), missing);
    assert.deepEqual(await told(await site.ask("GET", asked, {}, null, "bob")), missing);
    assert.equal((await site.ask("HEAD", asked, {}, null, "bob")).status, 404);
    assert.equal((await site.ask("HEAD", asked, {}, null, undefined)).status, 404);
  }
  for (const method of ["PATCH", "DELETE", "POST"]) {
    const target = method === "POST" ? "" : id;
    const answer = await site.ask(
      method,
      target,
      { "upload-length": "1", "upload-complete": "?0" },
      null,
      undefined,
    );
    assert.equal(answer.status, 410);
  }
  await site.piece(id, 4, TEN.subarray(4), { "upload-complete": "?1" });
  const kept = await told(await site.ask("DELETE", id, {}, null, "bob"));
  assert.deepEqual(kept, missing);
  assert.equal(await (await site.ask("GET", id)).text(), "0123456789");
});

Deno.test("DELETE ends an upload of one's own, and removes a file", async () => {
  const site = open();
  for (const bytes of [TEN.subarray(0, 4), TEN]) {
    const id = await site.begin(10);
    await site.piece(id, 0, bytes, { "upload-complete": bytes.length === 10 ? "?1" : "?0" });
    assert.equal((await site.ask("DELETE", id)).status, 204);
    assert.equal((await site.ask("DELETE", id)).status, 404);
    assert.equal((await site.ask("HEAD", id)).status, 404);
  }
  await site.blobs.put(new Uint8Array(1000), { owner: "ann", name: "x" });
});

Deno.test("A file that may not be read by whoever asks is as if it were not there", async () => {
  const site = open({ mayRead: ({ owner }) => owner !== "ann" });
  const mine = await site.blobs.put(TEN, { owner: "ann", name: "x" });
  const theirs = await site.blobs.put(TEN, { owner: "bob", name: "x" });
  assert.deepEqual(
    await told(await site.ask("GET", mine.id)),
    await told(await site.ask("GET", "A".repeat(24))),
  );
  assert.equal((await site.ask("GET", theirs.id)).status, 200);
});

Deno.test("A page of another site may link to a file, and do nothing else with it", async (t) => {
  const site = open();
  const { id } = await site.blobs.put(TEN, { owner: "ann", name: "x" });
  const from = (site: string, mode: string, dest: string) => ({
    "sec-fetch-site": site,
    "sec-fetch-mode": mode,
    "sec-fetch-dest": dest,
  });
  const cases: readonly (readonly [headers: Record<string, string>, status: number])[] = [
    [from("same-origin", "no-cors", "image"), 200],
    [from("same-origin", "cors", "empty"), 200],
    [from("same-origin", "navigate", "iframe"), 200],
    [from("none", "navigate", "document"), 200],
    [from("cross-site", "navigate", "document"), 200],
    [from("cross-site", "no-cors", "image"), 403],
    [from("same-site", "no-cors", "image"), 403],
    [from("cross-site", "cors", "empty"), 403],
    [from("cross-site", "no-cors", "audio"), 403],
    [from("cross-site", "no-cors", "script"), 403],
    [from("cross-site", "navigate", "iframe"), 403],
    [from("cross-site", "navigate", "object"), 403],
    [from("same-origin", "no-cors", "script"), 403],
    [from("same-origin", "same-origin", "serviceworker"), 403],
    [from("same-origin", "same-origin", "worker"), 403],
    [from("same-origin", "no-cors", "style"), 403],
    [{ "service-worker": "script" }, 403],
  ];
  for (const [headers, status] of cases) {
    await t.step(Object.values(headers).join(" "), async () => {
      const answer = await site.ask("GET", id, headers);
      assert.equal(answer.status, status);
      await answer.body?.cancel();
      // Whether there is such a file, they do not learn either.
      if (status === 403) assert.equal((await site.ask("GET", "A".repeat(24), headers)).status, 403);
    });
  }
});

/** The files of a page `/x`, asked by sessions `ann` and `bob`. */
interface Site {
  readonly blobs: Blobs;
  ask(
    method: string,
    id: string,
    headers?: Record<string, string>,
    body?: BodyInit | null,
    session?: string | undefined,
  ): Promise<Response>;
  begin(size: number): Promise<string>;
  piece(
    id: string,
    offset: number,
    body: BodyInit,
    headers?: Record<string, string>,
    session?: string,
  ): Promise<Response>;
}

function open({ mayRead }: { mayRead?: (record: { owner: string }) => boolean } = {}): Site {
  const blobs = memoryBlobs({ quotaBytes: 1000 });
  const site: Site = {
    blobs,
    ask: async (...[method, id, headers = {}, body = null, ...session]) => {
      const by = session.length === 0 ? "ann" : session[0];
      const request = new Request(`http://localhost/x/files/${id}`, {
        method,
        body,
        headers: { ...headers, ...(by === undefined ? {} : { "atoll-session": by }) },
      });
      const owner = () => {
        if (by === undefined) throw new Fault("expired", "No session");
        return by;
      };
      const options = { blobs, owner, url: (id: string) => `/x/files/${id}`, maxBytes: 1000, mayRead };
      const asked = { request, page: "/x", id: id === "" ? undefined : id };
      return await answerFiles(asked, options).catch((error) => refuse(error));
    },
    begin: async (size) => {
      const headers = { "upload-length": String(size), "upload-complete": "?0" };
      const answer = await site.ask("POST", "", headers);
      return answer.headers.get("location")?.replace(/.*\//, "") ?? "";
    },
    piece: (...[id, offset, body, headers, session = "ann"]) =>
      site.ask(
        "PATCH",
        id,
        { ...PIECE, "upload-offset": String(offset), "upload-complete": "?0", ...headers },
        body,
        session,
      ),
  };
  return site;
}

function progress({ headers }: Response): (string | null)[] {
  return ["upload-offset", "upload-length", "upload-complete"].map((name) => headers.get(name));
}

async function told(answer: Response): Promise<unknown> {
  return [answer.status, [...answer.headers], await answer.text()];
}
