// deno-lint-ignore-file no-console -- the log is given back to the console
import assert from "node:assert/strict";
import { tellHiddenEnv } from "./hidden_env.ts";
import { logTo } from "./log.ts";

Deno.test({
  name:
    "A variable that the server may not see is named once in the log, with where it is read and what to set",
  permissions: { env: ["ATOLL_SEEN"] },
  fn: () => {
    const said: string[] = [];
    logTo(() => {}, (line) => said.push(line));
    const { get } = Deno.env;
    // With --ignore-env, as the server has it, a variable without the right is not there.
    Deno.env.get = (name) => name === "ATOLL_SEEN" ? get.call(Deno.env, name) : undefined;
    try {
      using _told = tellHiddenEnv();
      assert.equal(Deno.env.get("MY_API_KEY"), undefined);
      assert.equal(Deno.env.get("MY_API_KEY"), undefined);
      assert.equal(Deno.env.get("ATOLL_SEEN"), undefined);
    } finally {
      Deno.env.get = get;
      logTo((line) => console.log(line), (line) => console.error(line));
    }
    assert.equal(said.length, 1, said.join("\n"));
    assert.match(
      said[0] ?? "",
      /^lib\/ops\/hidden_env_test\.ts:\d+ reads the variable MY_API_KEY, which this server may not see: set ATOLL_ALLOW_ENV=MY_API_KEY$/,
    );
  },
});
