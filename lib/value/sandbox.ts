/** Path of the empty document that active markup is shown in. `lib/gate/sandbox.ts` says its rights. */
export const SANDBOX_URL = "/files/sandbox";
