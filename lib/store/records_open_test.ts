import assert from "node:assert/strict";
import { join } from "node:path";
import { openStore } from "./records_open.ts";

Deno.test("openStore() opens what a setting names", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const url of ["memory:", `sqlite:${join(folder, "a b.db")}`]) {
      await using store = await openStore(url);
      await store.commit([{ type: "set", key: ["x"], value: url }]);
      assert.equal((await store.get(["x"]))?.value, url);
    }
    await using again = await openStore(`sqlite:${join(folder, "a b.db")}`);
    assert.ok(await again.get(["x"]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openStore() refuses other settings and says what would be right", async () => {
  const wrong = [
    "",
    "memory",
    "memory:x",
    "sqlite",
    "sqlite:",
    "sqlite::memory:",
    "sqlite://x.db",
    "sqlite:./data/",
  ];
  for (const url of [...wrong, "redis://x", "./x.db", "sqlite:x\0.db", "sqlite:file:x.db"]) {
    await assert.rejects(openStore(url), {
      name: "TypeError",
      message: `"${url}" names no store. Right would be "memory:" or "sqlite:./data/atoll.db"`,
    });
  }
});
