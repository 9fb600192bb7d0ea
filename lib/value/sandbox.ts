/** Path of the empty document that active markup is shown in. What it may do, `lib/gate/sandbox.ts` says. */
export const SANDBOX_URL = "/files/sandbox";
