import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rightsOf } from "./rights.ts";

const root = new URL("../../", import.meta.url);

Deno.test("rightsOf() lets the server import from one host: that of JSR, which Deno asks for even when all is cached", async () => {
  for (
    const [address, host] of [
      [undefined, "jsr.io:443"],
      ["https://jsr.example/", "jsr.example:443"],
      ["http://127.0.0.1:4873", "127.0.0.1:4873"],
      ["http://jsr.example", "jsr.example:80"],
      ["http://[::1]:4873/", "[::1]:4873"],
    ] as const
  ) {
    const { flags, env } = await rightsOf({ root, env: { JSR_URL: address } });
    const imports = flags.filter((flag) => /import|^-A|--allow-all/.test(flag));
    assert.deepEqual(imports, [`--allow-import=${host}`], address);
    assert.ok(flags.includes("--cached-only"));
    assert.equal(env.JSR_URL, address);
  }
});

Deno.test("rightsOf() refuses a JSR_URL that names no web server", async () => {
  for (const JSR_URL of ["jsr.example", "file:///srv/jsr", "http://"]) {
    await assert.rejects(rightsOf({ root, env: { JSR_URL } }), /^RangeError: Cannot use JSR_URL=/);
  }
});

Deno.test("rightsOf() refuses an address where ATOLL_ALLOW_NET takes a host, and names the setting", async () => {
  await assert.rejects(
    rightsOf({ root, env: { ATOLL_ALLOW_NET: "api.example:443,https://x.example/v1" } }),
    /^RangeError: Cannot use ATOLL_ALLOW_NET=https:\/\/x\.example\/v1: .*such as api\.example:443$/,
  );
});

Deno.test("rightsOf() says in words of the setting what Deno would refuse of a right", async () => {
  const wrong: [string, string, RegExp][] = [
    [
      "SYS",
      "hostname,foo",
      /^RangeError: Cannot use ATOLL_ALLOW_SYS=foo: it must be kinds .* such as hostname/,
    ],
    ["NET", "a b", /^RangeError: Cannot use ATOLL_ALLOW_NET=a b: it must be hosts/],
    [
      "NET",
      "api.example:70000",
      /^RangeError: Cannot use ATOLL_ALLOW_NET=api\.example:70000: it must be hosts/,
    ],
    [
      "ENV",
      "KEY=secret",
      /^RangeError: Cannot use ATOLL_ALLOW_ENV=KEY=secret: it must be names of variables/,
    ],
  ];
  for (const [right, text, says] of wrong) {
    await assert.rejects(rightsOf({ root, env: { [`ATOLL_ALLOW_${right}`]: text } }), says, text);
  }
  const { flags } = await rightsOf({
    root,
    env: {
      ATOLL_ALLOW_SYS: "hostname,cpus",
      ATOLL_ALLOW_NET: "[::1]:80,10.0.0.0/8,x.example",
      ATOLL_ALLOW_ENV: "A",
    },
  });
  assert.ok(flags.some((flag) => /^--allow-sys=.*hostname,cpus$/.test(flag)), flags.join(" "));
});

Deno.test("rightsOf() refuses to keep anything where the system has its own, and says so", async () => {
  for (
    const [name, value] of [
      ["ATOLL_DATA", "/proc/x"],
      ["STORE", "sqlite:/proc/x.db"],
      ["ATOLL_DATA", "/sys"],
      ["STORE", "sqlite:/dev/null"],
    ] as const
  ) {
    await assert.rejects(rightsOf({ root, env: { [name]: value } }), {
      name: "RangeError",
      message: /^Cannot use \S+: \/(?:proc|sys|dev) belongs to the system, and no files are kept there$/,
    });
  }
  await rightsOf({ root, env: { ATOLL_DATA: "/dev/shm/atoll", STORE: "sqlite:/srv/proc/x.db" } });
});

Deno.test(
  "rightsOf() gives rights for a folder that is reached by a link, and refuses a link into the project",
  {
    ignore: Deno.build.os === "windows",
  },
  async () => {
    const folder = await Deno.realPath(await Deno.makeTempDir());
    try {
      await Deno.mkdir(join(folder, "real"));
      await Deno.symlink(join(folder, "real"), join(folder, "link"));
      const env = {
        ATOLL_DATA: join(folder, "link", "files"),
        STORE: `sqlite:${join(folder, "link", "atoll.db")}`,
      };
      const { flags } = await rightsOf({ root, env });
      const writable = flags.find((flag) => flag.startsWith("--allow-write="))?.slice("--allow-write=".length)
        .split(",");
      assert.deepEqual(
        new Set(writable),
        new Set(["link/files", "real/files", "link", "real"].map((at) => join(folder, at))),
      );
      await Deno.symlink(fileURLToPath(new URL("lib", root)), join(folder, "lib"));
      await assert.rejects(
        rightsOf({ root, env: { ATOLL_DATA: join(folder, "lib", "deeper") } }),
        /the server could overwrite its own lib/,
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
