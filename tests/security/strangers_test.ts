import assert from "node:assert/strict";
import { HERE, openClub, Visitor } from "@/tests/club.tsx";

const CALL = "A".repeat(22);
const PNG = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=",
);
const PIECE = { "upload-offset": "0", "upload-complete": "?1", "content-type": "application/partial-upload" };

/** What somebody can do with a session's token, and what it is answered to whom the session is not. */
const ROUTES: Readonly<
  Record<string, {
    readonly refused: readonly number[];
    readonly ask: (visitor: Visitor, token: string, of: Owned, page: string) => Promise<Response>;
  }>
> = {
  "reads a run again by the id of its call": {
    refused: [410],
    ask: (one, session, _, page) => one.event({ resume: CALL, session }, page),
  },
  "reads a run again by its own id": {
    refused: [410],
    ask: (one, session, { run }, page) => one.event({ resume: run, session }, page),
  },
  "cancels a run": {
    refused: [410],
    ask: (one, session, _, page) => one.event({ cancel: CALL, session }, page),
  },
  "sends a call again": {
    refused: [410],
    ask: (one, session, _, page) => one.event({ action: "run", id: CALL, session }, page),
  },
  "uses a file as an input": {
    refused: [410],
    ask: (one, session, { file }, page) =>
      one.event({ action: "see", input: { photo: file }, session }, page),
  },
  "asks what has become of a file": {
    refused: [410],
    ask: (one, token, { file }, page) => one.file("HEAD", `${page}/files/${file.id}`, token),
  },
  "sends a file into the session": {
    refused: [410],
    ask: (one, token, _, page) =>
      one.file("POST", `${page}/files`, token, { "content-type": "image/png" }, PNG),
  },
  "asks how far an upload is": {
    refused: [410],
    ask: (one, token, { upload }, page) => one.file("HEAD", `${page}/files/${upload}`, token),
  },
  "goes on with an upload": {
    refused: [410],
    ask: (one, token, { upload }, page) => one.file("PATCH", `${page}/files/${upload}`, token, PIECE, PNG),
  },
  "gives an upload up": {
    refused: [410],
    ask: (one, token, { upload }, page) => one.file("DELETE", `${page}/files/${upload}`, token),
  },
  "removes a file": {
    refused: [410],
    ask: (one, token, { file }, page) => one.file("DELETE", `${page}/files/${file.id}`, token),
  },
  "says that the page is left": {
    refused: [410],
    ask: (one, session, _, page) => one.event({ left: true, session }, page),
  },
  "reads the bytes of a file": {
    refused: [404],
    ask: (one, _, { file }, page) => one.get(`${page}/files/${file.id}`, { accept: "*/*" }),
  },
};

/** What a session of Ada's has. */
interface Owned {
  readonly run: string;
  readonly file: { readonly id: string };
  readonly upload: string;
}

/** Ways to write the token, none of which is of use to somebody else. */
const SPELLINGS: readonly ((token: string) => string)[] = [
  (token) => token,
  (token) => `${token}@main:ada`,
  (token) => `${token}@main:bob`,
  (token) => `${token}@`,
  (token) => `${token}@@main:ada`,
  (token) => `${token} main:ada`,
  (token) => `${token}/${CALL}`,
  (token) => token.replace(".", "@main:ada."),
  (token) => `${token.split(".")[0]}@main:ada`,
  (token) => JSON.stringify([token, "main:ada"]),
  (token) => `${token.length}:${token}8:main:ada`,
  (token) => token.toLowerCase(),
];

for (const after of ["while its owner is logged in", "after the logout"]) {
  Deno.test(`A session's token is of use to nobody else, ${after}`, async (t) => {
    await using club = openClub();
    const ada = new Visitor(club);
    await ada.login("ada");
    const token = await ada.open();
    const frames = await (await ada.event({ action: "hello", id: CALL, session: token })).text();
    const run = /id: ([\w-]+)\/1/.exec(frames)?.[1] ?? "";
    const file = await (await ada.file("POST", "/club/files", token, { "content-type": "image/png" }, PNG))
      .json();
    const begun = await ada.file("POST", "/club/files", token, {
      "upload-length": String(PNG.length),
      "upload-complete": "?0",
    });
    const upload = begun.headers.get("location")?.split("/").at(-1) ?? "";
    const owned: Owned = { run, file, upload };
    assert.ok(run && upload && file.id);
    if (after === "after the logout") await ada.post("/club/logout", {});

    const bob = new Visitor(club);
    await bob.login("bob");
    const strangers = [
      { who: "somebody at an open page", one: new Visitor(club), page: "/open" },
      { who: "another user at an open page", one: bob, page: "/open" },
      { who: "another user", one: bob, page: "/club" },
    ];
    for (const { who, one, page } of strangers) {
      for (const [what, { ask, refused }] of Object.entries(ROUTES)) {
        await t.step(`${who} ${what}`, async () => {
          for (const spell of SPELLINGS) {
            const given = spell(token);
            const response = await ask(one, given, owned, page);
            const text = await response.text();
            assert.ok(refused.includes(response.status), `${response.status} ${text} for ${given}`);
            assert.doesNotMatch(text, /Hello ada/);
          }
        });
      }
    }
    await t.step("all of it is still there, for its owner", async () => {
      await ada.login("ada");
      const again = await ada.event({ resume: CALL, session: token });
      assert.match(await again.text(), /Hello ada/);
      assert.equal((await ada.file("HEAD", `/club/files/${file.id}`, token)).status, 204);
      assert.equal((await ada.file("PATCH", `/club/files/${upload}`, token, PIECE, PNG)).status, 200);
      assert.equal((await ada.file("DELETE", `/club/files/${upload}`, token)).status, 204);
    });
  });
}

Deno.test("A run is read again and cancelled at its own page only", async () => {
  await using club = openClub();
  const one = new Visitor(club);
  const session = await one.open("/open");
  await (await one.event({ action: "run", id: CALL, session }, "/open")).text();
  assert.equal((await one.event({ resume: CALL, session }, "/open")).status, 200);
  for (const page of ["/", "/club", "/nothing"]) {
    for (const body of [{ resume: CALL, session }, { cancel: CALL, session }]) {
      const { status } = await club.ask(page, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", origin: HERE },
      });
      assert.ok([401, 404, 405].includes(status), `${status} at ${page}`);
    }
  }
});
