import { testBlobs } from "./blobs_contract.ts";
import { diskBlobs } from "./blobs_disk.ts";

testBlobs("diskBlobs()", async (options) => {
  const root = await Deno.makeTempDir();
  const blobs = diskBlobs({ ...options, root });
  return Object.assign(blobs, { [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) });
});
