// deno-lint-ignore-file no-console -- what a route throws is logged, and is no news here
import assert from "node:assert/strict";
import { type GuardRules, RULES } from "@/lib/gate/guard.ts";
import { CASES, runCase } from "./cases.ts";

for (const one of CASES) {
  Deno.test(`guarded() keeps its promise: ${one.name}`, () => quietly(() => runCase(one)));
}

const all = [...RULES.entry, ...RULES.exit];
for (const rule of all) {
  Deno.test(`guarded() breaks a promise without ${rule.name}`, async () => {
    const rules: GuardRules = {
      entry: RULES.entry.filter((one) => one !== rule),
      exit: RULES.exit.filter((one) => one !== rule),
    };
    const broken = await quietly(async () => {
      const names: string[] = [];
      for (const one of CASES) await runCase(one, rules).catch(() => names.push(one.name));
      return names;
    });
    assert.ok(broken.length > 0, "nothing notices that it is missing");
    assert.ok(broken.length < CASES.length);
  });
}

async function quietly<T>(run: () => Promise<T>): Promise<T> {
  const real = console.error;
  console.error = () => {};
  try {
    return await run();
  } finally {
    console.error = real;
  }
}
