import assert from "node:assert/strict";

Deno.test("In a browser and against every security case, the app is the same on a Fresh that does nothing beyond upstream", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("../plain.ts", import.meta.url).pathname],
    // The numbers of the gate: here it is the Fresh that differs.
    env: { NO_COLOR: "1", PROOF: "0" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(code, 0, `${out?.slice(-10_000)}${err?.slice(-2_000)}`);
});
