import assert from "node:assert/strict";
import { memoryOf } from "./memory.ts";

const GIB = 2 ** 30;
const UNIT = "/sys/fs/cgroup/system.slice/atoll.service";

const machines: Readonly<Record<string, readonly [files: Readonly<Record<string, string>>, gib: number]>> = {
  "no control groups": [{}, 8],
  "a unit without limits": [{
    "/proc/self/cgroup": "0::/system.slice/atoll.service",
    [`${UNIT}/memory.max`]: "max",
  }, 8],
  "a unit with a limit": [
    { "/proc/self/cgroup": "0::/system.slice/atoll.service\n", [`${UNIT}/memory.max`]: `${2 * GIB}` },
    2,
  ],
  "a unit that is slowed down before its limit": [
    {
      "/proc/self/cgroup": "0::/system.slice/atoll.service",
      [`${UNIT}/memory.high`]: `${GIB}`,
      [`${UNIT}/memory.max`]: `${2 * GIB}`,
    },
    1,
  ],
  "a slice above it with a limit": [
    {
      "/proc/self/cgroup": "0::/system.slice/atoll.service",
      "/sys/fs/cgroup/system.slice/memory.max": `${3 * GIB}`,
    },
    3,
  ],
  "a container": [{ "/proc/self/cgroup": "0::/", "/sys/fs/cgroup/memory.max": `${GIB}` }, 1],
  "a container of version 1": [
    {
      "/proc/self/cgroup": "5:cpu:/x\n4:memory:/\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": `${GIB}`,
    },
    1,
  ],
  "version 1 without a limit": [
    {
      "/proc/self/cgroup": "4:memory,hugetlb:/",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712",
    },
    8,
  ],
  "a limit above what the machine has": [
    { "/proc/self/cgroup": "0::/", "/sys/fs/cgroup/memory.max": `${64 * GIB}` },
    8,
  ],
  "texts that say nothing": [{ "/proc/self/cgroup": "nonsense", "/sys/fs/cgroup/memory.max": "" }, 8],
};

for (const [what, [files, gib]] of Object.entries(machines)) {
  Deno.test(`memoryOf() takes the least of all limits and half of the machine: ${what}`, () => {
    assert.equal(memoryOf({ read: (path) => files[path], machineBytes: 16 * GIB }), gib * GIB);
  });
}
