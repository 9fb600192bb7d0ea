import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { Fault } from "@/lib/value/fault.ts";
import { isPublic } from "./public_address.ts";
import { safeFetch, type SafeFetchPolicy } from "./safe_fetch.ts";

/** Servers of this test, which count who asks them. */
interface Site extends AsyncDisposable {
  readonly port: number;
  readonly hits: () => number;
}

async function site(handler: (request: Request) => Response | Promise<Response>): Promise<Site> {
  let hits = 0;
  const count = (request: Request) => {
    hits++;
    return handler(request);
  };
  const first = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, count);
  const { port } = first.addr;
  const second = Deno.serve({ port, hostname: "::1", onListen() {} }, count);
  return {
    port,
    hits: () => hits,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([first.shutdown(), second.shutdown()]);
    },
  };
}

// The servers of this test have any port that was free.
const anywhere: SafeFetchPolicy = { hosts: "public", isPort: () => true };

/** The refusal: every one of them reads the same. */
async function refusal(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(() => undefined, (error) => error);
  assert.ok(error instanceof Fault, `${error}`);
  assert.deepEqual(error.toJSON(), {
    code: "refused",
    message: "The address could not be read, or may not be",
  });
  return error.cause as Error;
}

Deno.test("safeFetch() asks nobody on this machine or on networks of its own, however they are written", async (t) => {
  await using inside = await site(() => new Response("inside"));
  const { port } = inside;
  const names = [
    ...[
      "127.0.0.1",
      "localhost",
      "localhost.",
      "LOCALHOST",
      "foo.localhost",
      "127.1",
      "2130706433",
      "0x7f.1",
      "0177.0.0.1",
    ],
    ...[
      "１２７.0.0.1",
      "127。0。0。1",
      "0",
      "0.0.0.0",
      "[::]",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "[0:0:0:0:0:ffff:7f00:1]",
    ],
    ...[
      "[::127.0.0.1]",
      "[64:ff9b::7f00:1]",
      "[64:ff9b:1::7f00:1]",
      "[2002:7f00:1::]",
      "[fe80::1]",
      "[fc00::1]",
      "[fd00:ec2::254]",
    ],
    ...[
      "169.254.169.254",
      "100.100.100.200",
      "100.64.0.1",
      "10.0.0.1",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.0.1",
    ],
    ...[
      "192.0.0.8",
      "198.18.0.1",
      "198.19.255.255",
      "224.0.0.1",
      "255.255.255.255",
      "[ff02::1]",
      "metadata.google.internal",
    ],
  ];
  const resolve = (name: string) =>
    Promise.resolve(name === "metadata.google.internal" ? ["169.254.169.254"] : ["127.0.0.1"]);
  for (const name of names) {
    await t.step(name, async () => {
      await refusal(safeFetch({ ...anywhere, resolve })(`http://${name}:${port}/`));
      await refusal(safeFetch({ hosts: [] })(`http://${name}:${port}/`));
    });
  }
  assert.equal(inside.hits(), 0);
});

Deno.test("safeFetch() with `public` asks the ports of the web only, and no list names port 0", async (t) => {
  const ports = [
    0,
    1,
    21,
    22,
    23,
    25,
    79,
    81,
    110,
    143,
    444,
    445,
    2375,
    3306,
    5432,
    6379,
    8080,
    8443,
    9200,
    11211,
  ];
  for (const port of ports) {
    await t.step(String(port), async () => {
      const policy: SafeFetchPolicy = { hosts: "public", resolve: () => Promise.resolve(["192.0.2.1"]) };
      assert.match((await refusal(safeFetch(policy)(`http://a.example:${port}/`))).message, /port/i);
      if (port !== 0) return;
      const listed = { ...policy, hosts: ["a.example:0", "a.example"] };
      assert.match((await refusal(safeFetch(listed)("http://a.example:0/"))).message, /port 0/);
    });
  }
  // An address of no network is what these are refused for.
  for (const url of ["http://a.example/", "https://a.example:80/", "http://a.example:443/"]) {
    const policy: SafeFetchPolicy = { hosts: "public", resolve: () => Promise.resolve(["10.0.0.1"]) };
    assert.match((await refusal(safeFetch(policy)(url))).message, /not public/);
  }
});

Deno.test("safeFetch() refuses every scheme but two, and addresses that two parsers may read differently", async (t) => {
  await using inside = await site(() => new Response("inside"));
  const { port } = inside;
  const urls = [
    ...[
      "file:///etc/passwd",
      "ftp://a.example/",
      "gopher://a.example/",
      "dict://a.example/",
      "data:,x",
      "javascript:1",
    ],
    ...[
      "blob:http://a.example/x",
      "unix:/run/x.sock",
      "jar:http://a.example!/",
      "ws://a.example/",
      "a.example",
      "",
      "/x",
      "//a.example/",
    ],
    ...[
      `http://a.example@127.0.0.1:${port}/`,
      `http://a:b@a.example:${port}/`,
      `http://127.0.0.1:${port}\\@a.example/`,
    ],
    ...[
      `http://a.example#@127.0.0.1:${port}/x y`,
      `ht\ntp://a.example:${port}/`,
      `http://127.0.0.1\t:${port}/`,
      ` http://a.example:${port}/`,
    ],
    `http://a.example:${port}/${"a".repeat(9000)}`,
  ];
  for (const url of urls) {
    await t.step(url.slice(0, 60), async () => {
      const policy = { hosts: [`a.example:${port}`], resolve: () => Promise.resolve(["127.0.0.1"]) };
      await refusal(safeFetch(policy)(url));
    });
  }
  assert.equal(inside.hits(), 0);
});

Deno.test("safeFetch() compares a listed host with its port, letter by letter", async (t) => {
  await using inside = await site(() => new Response("inside"));
  const { port } = inside;
  const resolve = () => Promise.resolve(["127.0.0.1"]);
  const ask = safeFetch({ hosts: [`good.example:${port}`, `xn--gd-fka.example:${port}`], resolve });
  const decoder = new TextDecoder();
  for (const name of ["good.example", "GOOD.example", "göd.example", "xn--gd-fka.example"]) {
    await t.step(name, async () => {
      const { status, body, url } = await ask(`http://${name}:${port}/`);
      assert.deepEqual([status, decoder.decode(body)], [200, "inside"]);
      assert.match(url, /^http:\/\/(good|xn--gd-fka)\.example:/);
    });
  }
  const hits = inside.hits();
  for (
    const name of [
      "good.example.evil.example",
      "evil-good.example",
      "good.example.",
      "sub.good.example",
      "127.0.0.1",
    ]
  ) {
    await t.step(name, async () => void await refusal(ask(`http://${name}:${port}/`)));
  }
  await t.step(
    "another port",
    async () => void await refusal(ask(`http://good.example:${port === 1024 ? 1025 : port - 1}/`)),
  );
  assert.equal(inside.hits(), hits);
});

Deno.test("safeFetch() refuses a name of which one address is not public, and asks no name twice for one hop", async () => {
  await using inside = await site(() => new Response("inside"));
  let asked = 0;
  const both = () => Promise.resolve(["93.184.215.14", "127.0.0.1"]);
  await refusal(safeFetch({ ...anywhere, resolve: both })(`http://both.example:${inside.port}/`));
  // A name that turns: public when it is looked at, this machine when it is asked again.
  const turning = () => Promise.resolve(asked++ === 0 ? ["240.0.0.1"] : ["127.0.0.1"]);
  const cause = await refusal(
    safeFetch({ ...anywhere, resolve: turning })(`http://turning.example:${inside.port}/`),
  );
  assert.match(cause.message, /240\.0\.0\.1, which is not public/);
  assert.equal(inside.hits(), 0);
  const pinned = () => Promise.resolve(asked++ === 1 ? ["127.0.0.1"] : ["240.0.0.1"]);
  const ask = safeFetch({ hosts: [`pinned.example:${inside.port}`], resolve: pinned });
  assert.equal((await ask(`http://pinned.example:${inside.port}/`)).status, 200);
  assert.deepEqual([asked, inside.hits()], [2, 1]);
});

Deno.test("safeFetch() checks every hop of a redirect, and follows five", async (t) => {
  await using inside = await site(() => new Response("inside"));
  let location = "";
  let status = 302;
  await using outside = await site((request) => {
    const left = Number(new URL(request.url).searchParams.get("left"));
    if (left > 0) {
      return new Response("x".repeat(100_000), { status, headers: { location: `/?left=${left - 1}` } });
    }
    return location === "" ? new Response("there") : new Response(null, { status, headers: { location } });
  });
  const base = `http://good.example:${outside.port}`;
  const ask = safeFetch({ hosts: [new URL(base).host], resolve: () => Promise.resolve(["127.0.0.1"]) });
  for (status of [301, 302, 303, 307, 308]) {
    for (
      location of [
        `http://127.0.0.1:${inside.port}/`,
        `http://[::1]:${inside.port}/`,
        `//localhost:${inside.port}/`,
        `http://user@good.example:${outside.port}/`,
        "file:///etc/passwd",
        "gopher://good.example/",
        "data:,x",
      ]
    ) await t.step(`${status} ${location}`, async () => void await refusal(ask(base)));
  }
  assert.equal(inside.hits(), 0);
  location = "/";
  const before = outside.hits();
  await refusal(ask(base));
  assert.equal(outside.hits() - before, 6);
  location = "";
  assert.equal((await ask(`${base}/?left=5`)).url, `${base}/?left=0`);
  await refusal(ask(`${base}/?left=6`));
  await refusal(ask(`${base}/?left=21`));
});

Deno.test("safeFetch() stops at what is too much or takes too long", async (t) => {
  const big = new Uint8Array(1_000_000);
  await using outside = await site((request) => {
    switch (new URL(request.url).pathname) {
      case "/big":
        return new Response(new Uint8Array(300_000));
      case "/endless":
        return new Response(new ReadableStream({ pull: (controller) => controller.enqueue(big) }));
      case "/bomb":
        return new Response(packed(new Uint8Array(50_000_000)), {
          headers: { "content-encoding": "gzip" },
        });
      case "/gzip":
        return new Response(packed("packed"), { headers: { "content-encoding": "gzip" } });
      case "/odd":
        return new Response("x", { headers: { "content-encoding": "zstd" } });
      default:
        return new Response(
          new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) }),
        );
    }
  });
  // Answers nothing at all, or headers without end.
  const silent = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const held: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of silent) held.push(connection);
  })();
  const { port } = silent.addr as Deno.NetAddr;
  const resolve = () => Promise.resolve(["127.0.0.1"]);
  const hosts = [`a.example:${outside.port}`, `silent.example:${port}`];
  // Each step has the limit that it is about, and no other within its reach: what comes first depends on no clock.
  const policy = { hosts, resolve, maxBytes: 200_000, totalMs: 600_000, headersMs: 600_000 };
  const ask = safeFetch(policy);
  const base = `http://a.example:${outside.port}`;
  await t.step("too many bytes", async () => {
    assert.match((await refusal(ask(`${base}/big`))).message, /more than 200000 bytes/);
    assert.match((await refusal(ask(`${base}/endless`))).message, /more than 200000 bytes/);
  });
  await t.step("too many bytes once they are unpacked", async () => {
    assert.match((await refusal(ask(`${base}/bomb`))).message, /more than 200000 bytes/);
    assert.equal(new TextDecoder().decode((await ask(`${base}/gzip`)).body), "packed");
    assert.match((await refusal(ask(`${base}/odd`))).message, /zstd/);
  });
  await t.step("a body that does not end", async () => {
    const brief = safeFetch({ ...policy, totalMs: 400 });
    assert.equal((await refusal(brief(`${base}/drip`))).name, "TimeoutError");
  });
  await t.step("headers that do not come", async () => {
    const brief = safeFetch({ ...policy, headersMs: 100 });
    assert.match((await refusal(brief(`http://silent.example:${port}/`))).message, /headers took too long/);
  });
  await t.step("a name that is never found", async () => {
    const never = safeFetch({ ...policy, totalMs: 100, resolve: () => new Promise(() => {}) });
    assert.equal((await refusal(never(`${base}/big`))).name, "TimeoutError");
  });
  await t.step("a caller who does not want it any more", async () => {
    const stop = new AbortController();
    const asked = ask(`${base}/drip`, { signal: stop.signal });
    stop.abort();
    await assert.rejects(asked, { code: "cancelled" });
  });
  silent.close();
  for (const connection of held) connection.close();
  await accepting;
});

Deno.test("safeFetch() sends nothing of the person's, and keeps what is secret from the next host", async () => {
  const seen: Headers[] = [];
  await using second = await site((request) => {
    seen.push(request.headers);
    return new Response("", { headers: { "set-cookie": "a=1" } });
  });
  await using first = await site(async (request) => {
    seen.push(request.headers);
    assert.equal(await request.text(), "body");
    return new Response(null, { status: 307, headers: { location: `http://b.example:${second.port}/` } });
  });
  const hosts = [`a.example:${first.port}`, `b.example:${second.port}`];
  const ask = safeFetch({ hosts, resolve: () => Promise.resolve(["127.0.0.1"]) });
  const headers = {
    authorization: "Bearer secret",
    "X-Api-Key": "secret",
    Cookie: "a=1",
    "X-Forwarded-For": "198.51.100.1",
    Host: "evil.example",
    "User-Agent": "Mozilla",
  };
  const answer = await ask(`http://a.example:${first.port}/`, { method: "POST", body: "body", headers });
  assert.equal(answer.headers.has("set-cookie"), false);
  const [one, two] = seen.map((headers) => Object.fromEntries(headers));
  assert.deepEqual([one?.authorization, one?.["x-api-key"]], ["Bearer secret", "secret"]);
  assert.deepEqual([two?.authorization, two?.["x-api-key"], two?.["content-length"]], [
    undefined,
    undefined,
    undefined,
  ]);
  for (const [headers, host] of [[one, hosts[0]], [two, hosts[1]]] as const) {
    assert.deepEqual([headers?.host, headers?.["user-agent"]], [host, "Atoll"]);
    for (const name of ["cookie", "x-forwarded-for", "forwarded", "referer", "origin"]) {
      assert.equal(headers?.[name], undefined, name);
    }
  }
});

Deno.test("isPublic() knows what is given out, and takes nothing else for it", () => {
  const yes = [
    "1.1.1.1",
    "93.184.215.14",
    "172.15.255.255",
    "172.32.0.0",
    "100.63.255.255",
    "2606:2800:220:1::1",
    "2a00::1",
  ];
  for (const address of yes) assert.ok(isPublic(address), address);
  const no = [
    "127.0.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "240.0.0.1",
    "::",
    "::1",
    "::ffff:1.1.1.1",
    "::ffff:101:101",
    "::1.1.1.1",
  ];
  const more = [
    "64:ff9b::101:101",
    "2002:101:101::1",
    "2001::1",
    "2001:db8::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "100::1",
  ];
  for (const address of [...no, ...more, "", "example.com", "1.1.1"]) assert.ok(!isPublic(address), address);
});

function packed(content: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(content));
}

Deno.test("isPublic() takes no address of version 4 that resolvers read in different ways", () => {
  assert.equal(isPublic("8.8.8.8"), true);
  for (
    const address of ["010.0.0.1", "012.1.1.1", "8.8.8.08", "999.1.1.1", "8.8.8", "8.8.8.8.", "8.8.8.8\n"]
  ) {
    assert.equal(isPublic(address), false, JSON.stringify(address));
  }
});
