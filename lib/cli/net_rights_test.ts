import assert from "node:assert/strict";
import fc from "fast-check";
import { addressSet } from "@/lib/gate/guard/address.ts";
import { readSettings } from "@/lib/gate/settings.ts";
import { netRights, without } from "./net_rights.ts";

const flags = (env: Record<string, string>, hosts: string[] = []) =>
  netRights(readSettings((name) => env[name]), hosts);

Deno.test("netRights() names the port that is listened on, and the hosts that are listed", () => {
  assert.deepEqual(flags({}), ["--allow-net=127.0.0.1:8000"]);
  assert.deepEqual(flags({ HOST: "0.0.0.0", PORT: "7860" }), ["--allow-net=0.0.0.0:7860"]);
  assert.deepEqual(flags({ HOST: "::1" }, ["api.example:443"]), ["--allow-net=[::1]:8000,api.example:443"]);
  assert.deepEqual(flags({ HOST: "no such\nhost" }), []);
});

Deno.test("netRights() leaves out private networks where the server may ask anybody, but for its own address", () => {
  const [allow, deny] = flags({ ATOLL_FETCH: "public" });
  assert.equal(allow, "--allow-net");
  const denied = addressSet((deny as string).slice("--deny-net=".length).split(","));
  for (const address of ["127.0.0.2", "10.1.2.3", "169.254.169.254", "0.0.0.0", "192.168.1.1"]) {
    assert.ok(denied.has(address), address);
  }
  for (const address of ["127.0.0.1", "93.184.216.34"]) assert.ok(!denied.has(address), address);
});

Deno.test("without() leaves a network whole but for one address", () => {
  const text = (number: number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.nat(2 ** 32 - 1),
      fc.nat(2 ** 32 - 1),
      (bits, base, inside) => {
        const size = 2 ** (32 - bits);
        const first = Math.floor(base / size) * size;
        const address = first + inside % size;
        const network = `${text(first)}/${bits}`;
        const left = without(network, text(address));
        const set = addressSet(left);
        assert.ok(!set.has(text(address)));
        for (const other of [address - 1, address + 1, first, first + size - 1]) {
          if (other === address || other < 0 || other >= 2 ** 32) continue;
          assert.equal(
            set.has(text(other)),
            other >= first && other < first + size,
            `${network} ${text(other)}`,
          );
        }
        assert.deepEqual(without(network, text((first + size) % 2 ** 32)), [network]);
      },
    ),
  );
});
