import assert from "node:assert/strict";
import type { Torture } from "@/tests/torture/torture.ts";
import { forAll, raw, rawGet } from "./raw.ts";
import type { SecurityRow } from "./security_row.ts";

const MARK = "markmarkmark";
const ALWAYS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), display-capture=()",
};

/** Rows E18, E24, E25 and M: what answers say, and what they do not. */
export const answerRows: readonly SecurityRow[] = [
  {
    id: "E24",
    rule: "no page may run inline script or make code of text, and each has a nonce of its own",
    run: async (torture, { places }) => {
      const nonces = new Set<string>();
      let pages = 0;
      await forAll(places, async ({ path }) => {
        for (const method of ["GET", "GET", "HEAD", "POST", "PROPFIND"]) {
          const answer = await torture.fetch(path, { method });
          const text = await answer.text();
          const policy = answer.headers.get("content-security-policy") ?? "";
          const where = `${method} ${path}: ${policy}`;
          // The document of sandboxes is the one that runs what it is given, without an origin and without a network.
          if (policy.startsWith("sandbox ")) {
            assert.equal(path, "/files/sandbox");
            continue;
          }
          assert.doesNotMatch(policy, /unsafe-/, where);
          assert.match(policy, /default-src '(?:none|self)'/, where);
          for (const [, nonce] of policy.matchAll(/'nonce-([^']+)'/g)) {
            assert.match(
              answer.headers.get("cache-control") ?? "no-store",
              /no-store|no-cache|private/,
              where,
            );
            if (method === "HEAD") continue;
            nonces.add(nonce as string);
          }
          if (policy.includes("'nonce-")) pages++;
          for (const [script] of text.matchAll(/<script\b[^>]*>/g)) assert.match(script, /nonce="/, where);
        }
      });
      assert.ok(pages > 40 && nonces.size > 40, `${pages} pages, ${nonces.size} nonces`);
    },
  },
  {
    id: "E25",
    rule: "whatever has a body says what it is, on every route and by every method",
    run: async (torture, { places }) => {
      await forAll(places, async ({ path }) => {
        for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FOO"]) {
          const answer = await torture.fetch(path, { method, redirect: "manual" });
          const { length } = await answer.text();
          const type = answer.headers.get("content-type");
          if (length > 0) assert.ok(type, `${method} ${path}, ${answer.status}`);
          if (type?.startsWith("text/")) assert.match(type, /charset=utf-8/i, `${method} ${path}`);
        }
      });
    },
  },
  {
    id: "E04",
    rule: "what a file is said to be, by its sender or its reader, changes nothing of what it is",
    run: async (torture) => {
      const session = await torture.session();
      const sent = await torture.fetch("/asked/files", {
        method: "POST",
        headers: { "atoll-session": session, "atoll-name": "x.html", "content-type": "text/html" },
        body: "<script>1</script>",
      });
      const { url } = await sent.json();
      for (
        const [asked, accept] of [[url, "text/html"], [`${url}?type=text/html&download=0`, "*/*"]] as const
      ) {
        const answer = await torture.fetch(asked, { headers: { accept } });
        assert.equal(await answer.text(), "<script>1</script>");
        assert.match(answer.headers.get("content-disposition") ?? "", /^attachment/);
        assert.equal(answer.headers.get("content-type"), "application/octet-stream");
        assert.match(answer.headers.get("content-security-policy") ?? "", /default-src 'none'; sandbox/);
        assert.equal(answer.headers.get("service-worker-allowed"), null);
        const worker = await torture.fetch(asked, { headers: { accept, "service-worker": "script" } });
        await worker.body?.cancel();
        assert.equal(worker.status, 403);
      }
      for (const tail of [".html", "/x.html", ";x.html", "%2ehtml"]) {
        assert.equal((await rawGet(torture, url + tail)).status, 404, tail);
      }
      const gone = await torture.fetch(url, { method: "DELETE", headers: { "atoll-session": session } });
      await gone.body?.cancel();
      assert.equal(gone.status, 204);
      assert.equal((await rawGet(torture, url)).status, 404);
    },
  },
  {
    id: "E18",
    rule: "what is refused repeats nothing of what was asked",
    run: async (torture, { places }) => {
      const svg = `<svg onload=${MARK}>`;
      const paths = places.flatMap(({ path }) => [
        `${path}/${encodeURIComponent(svg)}`,
        `${path}?${encodeURIComponent(svg)}=${MARK}`,
        `${path}/${MARK}`,
      ]);
      await forAll(paths, async (path) => {
        for (const method of ["GET", "POST", "DELETE", MARK.toUpperCase()]) {
          const { status, text } = await rawGet(torture, path, { "content-type": svg }, method);
          if (status < 400) continue;
          assert.ok(!text.includes(MARK) && !text.includes("<svg onload"), `${method} ${path}: ${status}`);
        }
      });
    },
  },
  {
    id: "M02",
    rule: "an error from within is answered by its public text and an id, and logged with all of it",
    statuses: [500],
    run: async (torture) => {
      for (const kind of ["http", "database", "json", "system", "rights", "text"]) {
        for (const accept of ["text/html", "application/json"]) {
          const answer = await torture.fetch(`/breaks/${kind}`, { headers: { accept } });
          const text = await answer.text();
          assert.equal(answer.status, 500, kind);
          assert.doesNotMatch(
            text,
            /hidden[ _]words|nowhere|message of ours|env access/,
            `${kind} for ${accept}`,
          );
        }
      }
      const known = await torture.fetch("/breaks/fault");
      assert.equal(known.status, 404);
      await known.body?.cancel();
    },
  },
  {
    id: "M04",
    rule: "nothing that is served is a source, a map, or of the build's own",
    run: async (torture, { places }) => {
      const seen = new Set<string>();
      const todo = places.filter(({ pattern }) => !/files|login|logout|account|breaks/.test(pattern))
        .map(({ path }) => path);
      for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
        if (seen.has(path)) continue;
        seen.add(path);
        const answer = await torture.fetch(path);
        const text = await answer.text();
        assert.doesNotMatch(text, /CANARY_|sourceMappingURL|file:\/\/\/|\/home\/|ATOLL_SECRET/, path);
        for (const [, link] of text.matchAll(/(?:from|import\(|src=|href=)\s*"([^"]+\.(?:js|css))[?"]/g)) {
          const { pathname }: URL = new URL(link as string, torture.server.base + path);
          todo.push(pathname);
          for (const ending of [".map", ".ts", ".tsx"]) {
            const other = await torture.fetch(pathname + ending);
            await other.body?.cancel();
            assert.equal(other.status, 404, pathname + ending);
          }
        }
      }
      assert.ok([...seen].filter((path) => path.endsWith(".js")).length > 10);
    },
  },
  {
    id: "M05",
    rule: "no page and no data has what only the server knows",
    run: async (torture, { places }) => {
      await forAll(places, async ({ path }) => {
        for (const accept of ["text/html", "application/json", "*/*"]) {
          const text = await (await torture.fetch(path, { headers: { accept } })).text();
          assert.doesNotMatch(
            text,
            /CANARY|ATOLL_|SECRET_OF|DENO_DIR|"(?:HOME|PATH|USER)"|scrypt|\$argon/,
            path,
          );
        }
      });
    },
  },
  {
    id: "M08",
    rule: "every route has the headers of its kind, and none that tell of the server",
    run: async (torture, { places }) => {
      await forAll(places, async ({ path }) => {
        const { headers, body, status } = await torture.fetch(path, { redirect: "manual" });
        await body?.cancel();
        if (path === "/files/sandbox" && status === 200) return;
        for (const [name, value] of Object.entries(ALWAYS)) {
          assert.equal(headers.get(name), value, `${path} ${name}`);
        }
        for (const name of ["server", "x-powered-by", "via", "strict-transport-security"]) {
          assert.equal(headers.get(name), null, `${path} ${name}`);
        }
      });
    },
  },
  {
    id: "M09",
    rule: "no request hides another one, and what could be read in two ways is refused",
    run: smuggle,
  },
  {
    id: "M12",
    rule: "HEAD says what GET does, and nobody gets a private answer by saying that they have it",
    run: async (torture, { places }) => {
      await forAll(places, async ({ path }) => {
        const [get, head] = [
          await torture.fetch(path, { redirect: "manual" }),
          await rawGet(torture, path, {}, "HEAD"),
        ];
        await get.body?.cancel();
        assert.equal(head.status, get.status, path);
        assert.equal(head.body, "", path);
        for (const name of ["content-type", "cache-control", "x-content-type-options", "allow"]) {
          assert.equal(head.headers.get(name), get.headers.get(name), `${path} ${name}`);
        }
        for (const tag of ["*", '"x"', 'W/"1", "2"', "x".repeat(5000)]) {
          const again = await torture.fetch(path, { headers: { "if-none-match": tag }, redirect: "manual" });
          await again.body?.cancel();
          assert.equal(again.status, get.status, `${path} ${tag.slice(0, 9)}`);
        }
      });
    },
  },
  {
    id: "M14",
    rule: "what anybody may ask tells of no counts, and ids follow no order",
    run: async (torture) => {
      assert.deepEqual(await (await torture.fetch("/healthz")).json(), { status: "ok" });
      assert.deepEqual(await (await torture.fetch("/healthz/ready")).json(), { status: "ready" });
      const ids: string[] = [];
      for (let at = 0; at < 40; at++) ids.push(await torture.session());
      assert.equal(new Set(ids).size, 40);
      const starts = new Set(ids.map((id) => id.slice(0, 3)));
      assert.ok(starts.size > 35, "tokens begin alike");
      const runs = [];
      for (let at = 0; at < 10; at++) {
        runs.push((await torture.call("echo", { text: "x" })).frames[0]?.run ?? "");
      }
      assert.equal(new Set(runs.map((run) => run.slice(0, 4))).size, 10, "runs begin alike");
    },
  },
];

// Each of these holds a second request; its answer would name it.
async function smuggle(torture: Torture): Promise<void> {
  const { host } = new URL(torture.server.base);
  const head = (method: string, ...lines: string[]) =>
    `${method} /calls HTTP/1.1\r\nHost: ${host}\r\n${lines.map((line) => `${line}\r\n`).join("")}`;
  const second = `GET /one/${MARK} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  const { length } = second;
  const requests: Record<string, string> = {
    "CL.TE": `${
      head("POST", `Content-Length: ${length + 5}`, "Transfer-Encoding: chunked")
    }\r\n0\r\n\r\n${second}`,
    "TE.CL": `${head("POST", "Transfer-Encoding: chunked", "Content-Length: 4")}\r\n0\r\n\r\n${second}`,
    "TE.TE identity": `${head("POST", "Transfer-Encoding: chunked, identity")}\r\n0\r\n\r\n${second}`,
    "xchunked": `${head("POST", "Transfer-Encoding: xchunked")}\r\n0\r\n\r\n${second}`,
    "a tab before chunked": `${
      head("POST", "Transfer-Encoding:\tchunked", "Content-Length: 4")
    }\r\n0\r\n\r\n${second}`,
    "a space before the colon": `${head("POST", `Content-Length : ${length}`)}\r\n${second}`,
    "two lengths": `${head("POST", "Content-Length: 0", `Content-Length: ${length}`)}\r\n${second}`,
    "a length with a sign": `${head("POST", "Content-Length: +0")}\r\n${second}`,
    "a length in another base": `${head("POST", "Content-Length: 0x0")}\r\n${second}`,
    "a folded header": `${head("POST", "X: a", ` Content-Length: ${length}`)}\r\n${second}`,
    "NUL in a header": `${head("POST", `X: a\0\r\nContent-Length: ${length}`)}\r\n${second}`,
    "a chunk of a strange length": `${head("POST", "Transfer-Encoding: chunked")}\r\n0x0\r\n\r\n${second}`,
    "a length of 17 digits": `${
      head("POST", "Transfer-Encoding: chunked")
    }\r\n10000000000000000\r\n${second}`,
  };
  for (const [what, request] of Object.entries(requests)) {
    const { status, text } = await raw(torture, request);
    assert.ok(!text.includes(MARK), `${what}: the second request was answered`);
    // Closing without a word is a refusal, too.
    assert.ok(status === 0 || status >= 400 && status < 500, `${what}: ${status}`);
  }
  const extension = `${head("POST", "Transfer-Encoding: chunked", "Connection: close")}\r\n1;${
    "x".repeat(1_000_000)
  }\r\n`;
  assert.ok((await raw(torture, extension)).status < 500, "an extension of 1 MB");
  // A trailer is no header.
  const body = '{"a":1}';
  const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\nHost: evil.example\r\n\r\n`;
  const lines = [
    "Content-Type: application/json",
    "Transfer-Encoding: chunked",
    "Trailer: Host",
    "Connection: close",
  ];
  const trailer = await raw(torture, `${head("POST", ...lines).replace("/calls", "/one/x")}\r\n${chunk}`);
  assert.equal(trailer.status, 200, "a trailer");
}
