import { testStore } from "./records_contract.ts";
import { memoryStore } from "./records_memory.ts";

testStore("memoryStore()", (options) => Promise.resolve(memoryStore(options)));
