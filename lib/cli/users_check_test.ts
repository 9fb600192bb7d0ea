import assert from "node:assert/strict";
import { hashPassword } from "@/lib/accounts/password.ts";
import { usersProblem } from "./users_check.ts";

Deno.test("usersProblem() says what is wrong with a file of users that is there, and nothing of one that is not", async () => {
  const data = await Deno.makeTempDir();
  try {
    assert.equal(await usersProblem(data), undefined, "there is none");
    assert.equal(await usersProblem(`${data}/none`), undefined);
    const hash = await hashPassword("x", { logN: 14, r: 8, p: 1 });
    await Deno.writeTextFile(`${data}/users`, `ada:viewer:${hash}\n`);
    assert.equal(await usersProblem(data), undefined);
    await Deno.writeTextFile(`${data}/users`, `ada:viewer:${hash}\nada::${hash}\n`);
    assert.match(String(await usersProblem(data)), /Cannot use .*users, line 2: "ada" stands there twice/);
    await Deno.remove(`${data}/users`);
    await Deno.mkdir(`${data}/users`);
    assert.match(
      String(await usersProblem(data)),
      /Cannot read the file of users at .*users: Is a directory/,
    );
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});
