import { testBlobs } from "./blobs_contract.ts";
import { memoryBlobs } from "./blobs_memory.ts";

testBlobs("memoryBlobs()", (options) => Promise.resolve(memoryBlobs(options)));
