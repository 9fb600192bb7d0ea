import assert from "node:assert/strict";
import {
  BASE_BYTES,
  CONNECTION_BYTES,
  HEAP_FACTOR,
  heapMib,
  memoryBudget,
  PASSING_BYTES,
  USUAL_MEMORY_BYTES,
} from "./memory_budget.ts";

const MIB = 2 ** 20;
const docs = await Deno.readTextFile(new URL("../../docs/deploy.md", import.meta.url));

function total(memoryBytes: number): number {
  const counted = Object.values(memoryBudget(memoryBytes)).reduce((sum, bytes) => sum + bytes, 0);
  return BASE_BYTES + PASSING_BYTES + CONNECTION_BYTES + HEAP_FACTOR * counted;
}

Deno.test("memoryBudget() adds up to less than the unit of docs/deploy.md allows before it slows the server down", () => {
  const [, high] = /^MemoryHigh=(\d+)M$/m.exec(docs) ?? [];
  const bytes = Number(high) * MIB;
  assert.ok(total(bytes) < bytes, `${total(bytes) / MIB} of ${high} MiB`);
  assert.ok(heapMib(bytes) * MIB < bytes);
});

Deno.test("memoryBudget() adds up to less than each memory of 1.5 GiB and more", () => {
  for (const mib of [1500, 1536, 2048, 3000, 4096, 8192, 65_536]) {
    assert.ok(total(mib * MIB) < mib * MIB, `${total(mib * MIB) / MIB} of ${mib} MiB`);
  }
});

Deno.test("memoryBudget() gives the shares that docs/deploy.md says", () => {
  const [, rows = ""] = /\| what \| of 1,500 MiB \|\n\|[-|]+\n((?:\|.*\n)+)/.exec(docs) ?? [];
  const told = [...rows.matchAll(/^\| .* \| (\d+) MiB \|$/gm)].map(([, mib]) => Number(mib));
  const { stateBytes, logBytes, keptBytes, bodyBytes } = memoryBudget(1500 * MIB);
  const shares = [stateBytes, logBytes, keptBytes, bodyBytes].map((bytes) => HEAP_FACTOR * bytes);
  const all = [BASE_BYTES, ...shares, CONNECTION_BYTES, PASSING_BYTES].map((bytes) => Math.ceil(bytes / MIB));
  assert.deepEqual(told, [...all, all.reduce((sum, mib) => sum + mib, 0)]);
});

Deno.test("memoryBudget() takes a server that nobody has told anything for that of the unit", () => {
  const [, max] = /^MemoryMax=(\d+)G$/m.exec(docs) ?? [];
  assert.equal(USUAL_MEMORY_BYTES, Number(max) * 1024 * MIB);
});
