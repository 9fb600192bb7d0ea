import assert from "node:assert/strict";
import { readExample } from "./example.ts";

Deno.test("An example by a path is read from the project, in whatever folder its server works", () => {
  const before = Deno.cwd();
  Deno.chdir("/");
  try {
    const { shown, words } = readExample("static/samples/coffee.jpg");
    assert.deepEqual(shown, { url: "/samples/coffee.jpg", mime: "image/jpeg", name: "coffee.jpg" });
    assert.equal(words, "coffee");
  } finally {
    Deno.chdir(before);
  }
});

Deno.test("An example by a path that cannot be read says why", () => {
  assert.throws(
    () => readExample("static/none.png"),
    new TypeError('the file "static/none.png" does not exist in the folder of the project'),
  );
  assert.throws(() => readExample("static"), /^TypeError: the file "static" cannot be read: Is a directory/);
});

Deno.test("An example by a path that the server may not read says what to do", {
  permissions: { read: false },
}, () => {
  assert.throws(
    () => readExample("static/samples/coffee.jpg"),
    /may not be read by the server: put it below static\/ or routes\/, or permit it by ATOLL_ALLOW_READ/,
  );
});
