import assert from "node:assert/strict";
import { placeOf } from "./place.ts";

Deno.test("placeOf() tells what is left of disk, records and descriptors, and leaves out what it cannot find out", async () => {
  const data = await Deno.makeTempDir();
  await Deno.writeFile(`${data}/atoll.db`, new Uint8Array(3000));
  await Deno.writeFile(`${data}/atoll.db-wal`, new Uint8Array(40));
  const told = (place: Parameters<typeof placeOf>[0]) =>
    new Map(placeOf(place).map(({ name, samples }) => [name, samples[0]?.value]));
  const all = told({ data, store: `${data}/atoll.db`, descriptors: () => 12 });
  assert.equal(all.get("atoll_store_bytes"), 3040);
  assert.equal(all.get("process_open_fds"), 12);
  assert.ok((all.get("atoll_disk_size_bytes") ?? 0) > (all.get("atoll_disk_free_bytes") ?? Infinity));
  assert.deepEqual([...told({ data: `${data}/gone`, descriptors: () => undefined }).keys()], []);
  assert.equal(told({ data, store: `${data}/none.db` }).get("atoll_store_bytes"), 0);
  await Deno.remove(data, { recursive: true });
});
