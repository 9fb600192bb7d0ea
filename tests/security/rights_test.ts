import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { hashPassword } from "@/lib/accounts/password.ts";
import { type PasswordSource, usersFrom } from "@/lib/accounts/users.ts";
import { type UserLine, usersFile, writeUsers } from "@/lib/accounts/users_file.ts";
import type { Run } from "@/lib/engine/run.ts";
import type { AuthOptions } from "@/lib/gate/auth.ts";
import type { Person } from "@/lib/value/user.ts";
import { type Club, HERE, openClub, Visitor } from "@/tests/club.tsx";
import { quiet } from "@/tests/quiet.ts";

const LOOK_MS = 5000;
const cost = { logN: 14, r: 8, p: 1 };

/** What a right can be ended by, and what is left then of a run: it goes on unread, or it is cancelled. */
interface End {
  readonly way: "cookie" | "key";
  readonly runs: "go on" | "end";
  readonly auth?: Partial<AuthOptions>;
  /** Ends the right. */
  readonly end: (setting: Setting) => void | Promise<void>;
  /** How long to let time pass, in milliseconds. 0: it counts at once. */
  readonly afterMs?: number;
  /** How long the key lasts, in milliseconds. Default a day. */
  readonly keyMs?: number;
}

/** A club whose users can change, and one of them who is in. */
interface Setting {
  readonly club: Club;
  readonly ada: Visitor;
  readonly source: { person: Person | undefined; fails: boolean };
  readonly write: (...lines: UserLine[]) => Promise<void>;
  readonly line: UserLine;
  /** Id of her key. */
  readonly key: string;
}

const ENDS: Readonly<Record<string, End>> = {
  "the user is taken out of the file": { way: "cookie", runs: "end", end: ({ write }) => write() },
  "the user's password is changed": {
    way: "cookie",
    runs: "end",
    end: async ({ write, line }) => await write({ ...line, hash: await hashPassword("another", cost) }),
  },
  "a role is taken away": {
    way: "cookie",
    runs: "end",
    end: ({ write, line }) => write({ ...line, roles: ["viewer"] }),
  },
  "all roles are taken away": {
    way: "cookie",
    runs: "end",
    end: ({ write, line }) => write({ ...line, roles: [] }),
  },
  "one role is put in the place of another": {
    way: "cookie",
    runs: "end",
    end: ({ write, line }) => write({ ...line, roles: ["viewer", "owner"] }),
  },
  "the function does not find the user any more": {
    way: "cookie",
    runs: "end",
    auth: {},
    end: ({ source }) => void (source.person = undefined),
  },
  "the function finds fewer roles": {
    way: "cookie",
    runs: "end",
    auth: {},
    end: ({ source }) => void (source.person = { name: "ada", roles: ["viewer"] }),
  },
  "the function finds somebody else": {
    way: "cookie",
    runs: "end",
    auth: {},
    end: ({ source }) => void (source.person = { name: "bob", roles: ["viewer", "editor"] }),
  },
  "the function fails": {
    way: "cookie",
    runs: "go on",
    auth: {},
    end: ({ source }) => void (source.fails = true),
  },
  "the login was idle for too long": {
    way: "cookie",
    runs: "go on",
    auth: { idleMs: LOOK_MS },
    end: () => {},
  },
  "the login has lasted for too long": {
    way: "cookie",
    runs: "go on",
    auth: { absoluteMs: LOOK_MS },
    end: () => {},
  },
  "she logs out": {
    way: "cookie",
    runs: "go on",
    afterMs: 0,
    end: async ({ ada }) => void (await ada.post("/club/logout", {})),
  },
  "she logs out everywhere, elsewhere": {
    way: "cookie",
    runs: "go on",
    afterMs: 0,
    end: async ({ club }) => {
      const other = new Visitor(club);
      await other.login("ada");
      await other.post("/club/logout", { everywhere: "yes" });
    },
  },
  "fifty newer logins push hers out": {
    way: "cookie",
    runs: "go on",
    end: async ({ club, line }) => {
      const known = { subject: "ada", name: "ada", roles: line.roles, mark: "x" };
      for (let at = 0; at < 50; at++) {
        club.clock.tick(1);
        await club.accounts.logins.begin("main", known, { idleMs: 1e9, absoluteMs: 1e9 });
      }
    },
  },
  "the login is deleted by another process": {
    way: "cookie",
    runs: "go on",
    end: async ({ club }) => void (await club.accounts.logins.endAll({ id: "main:ada" })),
  },
  "her key is taken back": {
    way: "key",
    runs: "end",
    end: async ({ ada, key }) => void (await ada.post("/club/account", { revoke: key })),
  },
  "her key is taken back by another process": {
    way: "key",
    runs: "end",
    end: ({ club, key }) => club.accounts.keys.revoke({ id: "main:ada" }, key),
  },
  "her key's time is up": { way: "key", runs: "end", end: () => {}, keyMs: LOOK_MS },
  "the owner of the key is taken out": { way: "key", runs: "end", end: ({ write }) => write() },
  "the owner of the key loses a role of it": {
    way: "key",
    runs: "end",
    end: ({ write, line }) => write({ ...line, roles: ["viewer"] }),
  },
};

Deno.test("What ends a right ends what was opened with it", async (t) => {
  const line: UserLine = {
    name: "ada",
    roles: ["viewer", "editor"],
    hash: await hashPassword("lovelace", cost),
  };
  for (
    const [name, { way, runs, auth, end, afterMs = LOOK_MS, keyMs = 86_400_000 }] of Object.entries(ENDS)
  ) {
    await t.step(name, async () => {
      using _log = quiet();
      const folder = await Deno.makeTempDir();
      const write = async (...lines: UserLine[]) => await writeUsers(`${folder}/users`, lines);
      await write(line);
      const source: Setting["source"] = { person: { name: "ada", roles: line.roles }, fails: false };
      const users: PasswordSource = auth
        ? usersFrom((name, password) => password === "lovelace" ? { name, roles: line.roles } : undefined, {
          find: () => {
            if (source.fails) throw new Error("It is down");
            return source.person;
          },
        })
        : usersFile(`${folder}/users`);
      await using club = openClub({ auth: { users, ...auth } });
      const ada = new Visitor(club);
      await ada.login("ada");
      const known = await users.find?.("ada", { signal: new AbortController().signal, data: "data" });
      const key = await club.accounts.keys.create(
        { id: "main:ada", name: "ada", roles: line.roles },
        { subject: "ada", mark: known?.mark ?? "" },
        "main",
        { label: "all", roles: line.roles, routes: ["/*"], expiresMs: club.clock.now() + keyMs },
      );
      const setting: Setting = { club, ada, source, write, line, key: key.slice(4, 20) };
      const headers: Record<string, string> = way === "key"
        ? { authorization: `Bearer ${key}` }
        : { cookie: [...ada.cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
      const open = await openAll(club, headers);
      await end(setting);
      club.clock.tick(afterMs);
      await ended(open, runs);
      await Deno.remove(folder, { recursive: true });
    });
  }
});

/** What somebody has open at a time. */
interface Open {
  readonly stream: ReadableStreamDefaultReader<Uint8Array>;
  readonly download: Response;
  readonly upload: Promise<Response>;
  readonly form: Promise<Response>;
  readonly run: Run;
  readonly unread: Run;
}

async function openAll(club: Club, headers: Record<string, string>): Promise<Open> {
  const ask = (path: string, init: RequestInit = {}) =>
    club.ask(path, {
      ...init,
      headers: { origin: HERE, ...headers, ...init.headers as Record<string, string> },
    });
  const html = await (await ask("/club")).text();
  const session = /name="\$session" value="([^"]+)"/.exec(html)?.[1] ?? "";
  const event = (body: Record<string, unknown>) =>
    ask("/club", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ session, ...body }),
    });
  const own = { session: club.engine.sessions.open(session, "main:ada").id, page: "/club" };
  const start = async (id: string) => {
    const reader = (await event({ action: "endless", id })).body!.getReader();
    await reader.read();
    return { reader, run: club.engine.find(id, own) };
  };
  const { reader: stream, run } = await start("A".repeat(22));
  const second = await start("B".repeat(22));
  await second.reader.cancel();

  const long = new Uint8Array(100_000).fill(7);
  const files = { "atoll-session": session, "content-type": "application/octet-stream" };
  const { id } = await (await ask("/club/files", { method: "POST", headers: files, body: long })).json();
  const download = await ask(`/club/files/${id}`);
  assert.equal(download.status, 200);

  const begun = await ask("/club/files", {
    method: "POST",
    headers: { "atoll-session": session, "upload-length": "100000", "upload-complete": "?0" },
  });
  const coming = Promise.withResolvers<void>();
  const upload = ask(begun.headers.get("location") ?? "", {
    method: "PATCH",
    headers: {
      "atoll-session": session,
      "upload-offset": "0",
      "upload-complete": "?1",
      "content-type": "application/partial-upload",
    },
    // A piece of the body, and then nothing.
    body: new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
      pull: () => {
        coming.resolve();
        return new Promise(() => {});
      },
    }),
  });
  await coming.promise;
  const form = ask("/club", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ "$session": session, "$run.endless": "" }),
  });
  // The form is under way once its run is.
  while (Array.from(club.engine.runsOfUsers()).length < 3) await setImmediate();
  return { stream, download, upload, form, run, unread: second.run };
}

async function ended(
  { stream, download, upload, form, run, unread }: Open,
  runs: End["runs"],
): Promise<void> {
  for (let over = false; !over;) over = (await stream.read()).done;
  await assert.rejects(download.bytes(), /The login has ended/, "a file that is cut off must not look whole");
  const cut = await upload;
  assert.equal(cut.status, 401, await cut.text());
  if (runs === "end") {
    for await (const _ of run);
    for await (const _ of unread);
    assert.deepEqual(
      [run.log.at(-1), unread.log.at(-1)].map((frame) => frame?.type === "done" && frame.outcome),
      [
        "cancelled",
        "cancelled",
      ],
    );
    // What the form was waiting for is over, and its page is for nobody.
    assert.equal((await form).status, 401);
  } else {
    assert.deepEqual([run.finished, unread.finished], [false, false]);
    run.cancel();
    unread.cancel();
    form.then((response) => response.body?.cancel());
  }
}

Deno.test("What is open goes on as long as the right to it does, whatever else is given and taken", async () => {
  const roles = ["viewer", "editor"];
  let person: Person = { name: "ada", roles };
  let asked = 0;
  const users = usersFrom((name) => ({ name, roles }), {
    find: () => {
      asked++;
      return person;
    },
  });
  await using club = openClub({ auth: { users } });
  const ada = new Visitor(club);
  await ada.login("ada");
  const session = await ada.open();
  const streams = await Promise.all(
    Array.from(
      { length: 5 },
      async () => (await ada.event({ action: "endless", session })).body!.getReader(),
    ),
  );
  for (const stream of streams) await stream.read();
  person = { name: "ada", roles: [...roles, "owner"] };
  asked = 0;
  for (let round = 1; round <= 3; round++) {
    club.clock.tick(LOOK_MS);
    // The next look is due once this one is over.
    while (club.accounts.opened.looking) await setImmediate();
    assert.equal(asked, round, "a person is asked about once, however much they have open");
  }
  assert.equal(club.accounts.opened.size, 5);
  for (const stream of streams) await stream.cancel();
  assert.equal(club.accounts.opened.size, 0);
});
