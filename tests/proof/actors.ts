import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import { type Caller, Op, type Outcome, type Page } from "./caller.ts";
import { pause, type World } from "./world.ts";

/** What several actors share. */
export interface Stage {
  readonly world: World;
  readonly caller: Caller;
  /** Whether the actors stop after what they are doing. */
  over: boolean;
  /** All calls whose acknowledgement is held against the server at the end. */
  readonly ops: Op[];
  /** Calls whose cancelling was acknowledged, and how many lines handlers had written by then. */
  readonly cancelled: Map<Op, number>;
  /** Calls of a group of one place, in the order of their acknowledgement. */
  readonly lines: Op[][];
  /** What each session holds at the end. */
  readonly sessions: Held[];
}

/** What a session must hold: told by the outcomes of its calls, one after the other. */
export interface Held {
  readonly page: Page;
  count: number;
  other: number;
  bulk: number;
  kind: string;
  /** Whether it cannot be known: a call was refused by a broken disk, which may have it all the same. */
  open: boolean;
}

const COUNTING = ["inc", "incSlow", "incAgain", "big", "chain"] as const;
/** What each action takes, where it is not the tag and a time. */
const INPUTS: Readonly<Record<string, readonly string[]>> = {
  half: ["tag"],
  thrown: ["tag"],
  grow: ["tag"],
  pick: ["kind"],
  calc: ["tag"],
  look: ["photo"],
  read: [],
};
let tags = 0;
const newTag = (kind: string) => `${kind}-${tags++}`;

function opOf(stage: Stage, page: Page, action: string, ms = 0, more: Record<string, unknown> = {}): Op {
  const tag = newTag(action);
  const takes = INPUTS[action] ?? ["tag", "ms"];
  const all: Record<string, unknown> = { tag, ms, ...more };
  const op = new Op(
    page,
    action,
    tag,
    Object.fromEntries(takes.map((name) => [name, all[name]])),
    stage.world.launches,
  );
  stage.ops.push(op);
  return op;
}

/** A person on one page after the other, one event at a time: each answer must follow from the ones before. */
export async function person(stage: Stage, path: string): Promise<void> {
  const { world, caller } = stage;
  while (!stage.over) {
    const cookie = path === "/rel" ? undefined : await caller.login(path, newTag("name"));
    const held: Held = {
      page: await caller.open(path, cookie),
      count: 0,
      other: 0,
      bulk: 0,
      kind: "a",
      open: false,
    };
    stage.sessions.push(held);
    for (let step = 0; step < 25 && !stage.over && !held.open; step++) await event(stage, held);
    if (cookie !== undefined) await leave(stage, path, cookie);
    world.count("sessions");
  }
}

async function event(stage: Stage, held: Held): Promise<void> {
  const { world: { chance }, world } = stage;
  const roll = chance.int(100);
  if (roll < 50) return await counted(stage, held, chance.pick(COUNTING));
  if (roll < 60) return await read(stage, held);
  if (roll < 70) return await failing(stage, held);
  if (roll < 80) return await choices(stage, held);
  const action = chance.pick(["calc", "stream", "once"] as const);
  const op = opOf(stage, held.page, action, chance.int(action === "once" ? 5 : 12));
  const outcome = await settle(stage, op, chance.yes(0.1));
  if (outcome !== "done") return;
  const right = { calc: [...op.tag].reverse().join(""), once: op.tag, stream: streamed };
  if (op.values.out !== right[action]) {
    world.violated(`${action} ${op.tag} gave ${JSON.stringify(op.values.out)}`);
  }
}

const streamed = Array.from({ length: 40 }, (_, at) => `${at} `).join("");

async function counted(stage: Stage, held: Held, action: typeof COUNTING[number]): Promise<void> {
  const { world, world: { chance } } = stage;
  const op = opOf(stage, held.page, action, action === "big" ? 300_000 : chance.int(60));
  const outcome = await settle(stage, op, chance.yes(0.1));
  if (outcome === "failed" && op.code !== "interrupted") {
    world.violated(`${action} ${op.tag} failed as ${op.code}`);
  }
  if (outcome !== "done") return;
  held.count++;
  if (action === "chain") held.other++;
  if (action === "big") held.bulk = held.count;
  const right = action === "chain" ? `${held.count} ${held.other}` : `${held.count}`;
  if (op.values.out === right) return;
  world.violated(`${action} ${op.tag} gave ${op.values.out} where ${right} follows (${held.page.path})`);
  [held.count, held.other] = `${op.values.out} ${held.other}`.split(" ").map(Number) as [number, number];
}

/** Looks at what a session holds. */
export async function read(stage: Stage, held: Held): Promise<void> {
  const op = opOf(stage, held.page, "read");
  if (await settle(stage, op, false) !== "done") return;
  const right = { count: held.count, other: held.other, list: 0, bulk: held.bulk ? `${held.bulk}` : "" };
  if (JSON.stringify(op.values.seen) === JSON.stringify(right)) return;
  stage.world.violated(
    `${op.tag}: a session holds ${JSON.stringify(op.values.seen)}, not ${
      JSON.stringify(right)
    } (${held.page.path})`,
  );
  const seen = op.values.seen as { count: number; other: number; bulk: string };
  held.count = seen.count;
  held.other = seen.other;
  held.bulk = Number(seen.bulk);
}

async function failing(stage: Stage, held: Held): Promise<void> {
  const op = opOf(stage, held.page, stage.world.chance.pick(["half", "thrown"]));
  const outcome = await settle(stage, op, false);
  if (outcome === "done") stage.world.violated(`${op.action} ${op.tag} ended well`);
}

async function choices(stage: Stage, held: Held): Promise<void> {
  const { world } = stage;
  const grow = opOf(stage, held.page, "grow");
  if (await settle(stage, grow, false) === "done") held.kind = grow.tag;
  const pick = opOf(stage, held.page, "pick", 0, { kind: held.kind });
  const outcome = await settle(stage, pick, false);
  if (outcome === "done" && pick.values.out !== held.kind) {
    world.violated(`${pick.tag} gave ${pick.values.out}`);
  }
}

async function settle(stage: Stage, op: Op, twice: boolean): Promise<Outcome> {
  const { caller, world } = stage;
  if (twice) {
    world.count("sent twice at once");
    const copy = caller.begin(op);
    const outcome = await caller.settle(op);
    if (op.open) { for (const held of stage.sessions) if (held.page === op.page) held.open = true; }
    await copy.then((answer) => {
      if (!answer?.ok) op.sends++;
      return answer?.body?.cancel();
    }, () => {});
    return outcome;
  }
  const outcome = await caller.settle(op);
  world.count(`outcome ${outcome}`);
  if (op.open) {
    world.count("sessions given up with a broken disk");
    for (const held of stage.sessions) if (held.page === op.page) held.open = true;
  }
  return outcome;
}

async function leave({ world, caller }: Stage, path: string, cookie: string): Promise<void> {
  const { base } = await world.up();
  const out = await fetch(`${base}${path}/logout`, {
    method: "POST",
    headers: { cookie, origin: base },
    redirect: "manual",
  })
    .then(async (answer) => (await answer.body?.cancel(), answer.status), () => 0);
  if (out !== 303) return;
  world.count("logouts");
  for (let look = 0; look < 2; look++) {
    const { base } = await world.up();
    const status = await fetch(base + path, { headers: { cookie }, redirect: "manual" })
      .then(async (answer) => (await answer.body?.cancel(), answer.status), () => 0);
    if (status === 200) world.violated(`A login that was ended still opens ${path}`);
    await pause(world.chance.int(1500));
  }
  void caller;
}

/** Starts calls that take long, and cancels them. */
export async function canceller(stage: Stage): Promise<void> {
  const { world, world: { chance }, caller } = stage;
  while (!stage.over) {
    const page = await caller.open("/rel");
    const op = opOf(stage, page, chance.pick(["again", "again", "once", "lined"]), 3000);
    if (op.action === "lined" || op.action === "once") (op.input as { ms: number }).ms = 30;
    const answer = await caller.begin(op);
    if (answer?.ok) {
      await pause(chance.int(120));
      if (await caller.cancel(op)) {
        stage.cancelled.set(op, world.lines().length);
        world.count("cancels acknowledged");
      }
    }
    const outcome = await caller.settle(op, answer, answer === undefined);
    if (stage.cancelled.has(op) && outcome !== "cancelled" && outcome !== "done") {
      world.violated(`${op.action} ${op.tag} was cancelled and ends as ${outcome} ${op.code}`);
    }
    await pause(chance.int(100));
  }
}

/** Has several calls wait for one place, each from a page of its own, one after the other. */
export async function liner(stage: Stage): Promise<void> {
  const { world, world: { chance }, caller } = stage;
  while (!stage.over) {
    const line: Op[] = [];
    const pages = await Promise.all(Array.from({ length: 6 }, () => caller.open("/rel")));
    const answers: Promise<unknown>[] = [];
    for (const page of pages) {
      const op = opOf(stage, page, "lined", 10 + chance.int(60));
      const answer = await caller.begin(op);
      if (!answer) {
        answers.push(caller.settle(op, undefined, true));
        break;
      }
      if (op.acked) line.push(op);
      answers.push(caller.settle(op, answer));
    }
    stage.lines.push(line);
    await Promise.all(answers);
    world.count("calls in line", line.length);
  }
}

/** Keeps a call going that may run again, so that there is always one when the server is killed. */
export async function sleeper(stage: Stage): Promise<void> {
  while (!stage.over) {
    const op = opOf(stage, await stage.caller.open(stage.world.chance.pick(["/rel", "/rel"])), "again", 400);
    await settle(stage, op, false);
  }
}

/** Sends a picture in pieces of odd sizes, and has it looked at. */
export async function sender(stage: Stage): Promise<void> {
  const { world, world: { chance }, caller } = stage;
  while (!stage.over) {
    const page = await caller.open("/rel");
    const bytes = pictureOf(chance.bytes(20_000 + chance.int(200_000)));
    const ref = await sendInPieces(stage, page, bytes);
    if (!ref) continue;
    const op = opOf(stage, page, "look", 0, { photo: ref });
    const outcome = await settle(stage, op, false);
    const right = createHash("sha256").update(bytes).digest("hex");
    if (outcome === "done" && op.values.out !== right) {
      world.violated(`${op.tag}: a file that was sent is ${op.values.out}`);
    }
    world.count("uploads");
  }
}

/** Sends a file as a page does: after a cut it asks how far the server is, and goes on from there. */
async function sendInPieces(
  { world, world: { chance } }: Stage,
  page: Page,
  bytes: Uint8Array,
): Promise<unknown> {
  const headers = { "atoll-session": page.token };
  let place: string | undefined;
  let [acked, offset, sure] = [0, 0, true];
  for (let tries = 0; tries < 2000; tries++) {
    const { base } = await world.up();
    try {
      if (place === undefined) {
        const begun = await fetch(`${base}${page.path}/files`, {
          method: "POST",
          headers: {
            ...headers,
            "upload-length": `${bytes.length}`,
            "upload-complete": "?0",
            "atoll-name": "a.png",
          },
        });
        await begun.body?.cancel();
        const location = begun.headers.get("location");
        if (begun.status === 201 && location) place = new URL(location, base).pathname;
        else await pause(30);
        continue;
      }
      if (!sure) {
        const told = await fetch(base + place, { method: "HEAD", headers });
        const whole = told.headers.get("atoll-file");
        if (whole !== null) return JSON.parse(decodeURIComponent(whole));
        const at = told.headers.get("upload-offset");
        if (told.status === 404) {
          world.violated(`An upload of which ${acked} bytes were acknowledged is lost`);
          return undefined;
        }
        if (at !== null && Number(at) < acked) {
          world.violated(`Of an upload ${acked} bytes were acknowledged, ${at} are there`);
        }
        if (at === null) await pause(30);
        else [offset, sure] = [Number(at), true];
        continue;
      }
      const end = Math.min(bytes.length, offset + 1 + chance.int(40_000));
      sure = false;
      const answer = await fetch(base + place, {
        method: "PATCH",
        headers: {
          ...headers,
          "content-type": "application/partial-upload",
          "upload-offset": `${offset}`,
          "upload-complete": end === bytes.length ? "?1" : "?0",
        },
        body: bytes.slice(offset, end),
      });
      if (answer.status === 200) return await answer.json();
      await answer.body?.cancel();
      if (answer.status !== 204) continue;
      acked = offset = end;
      sure = true;
      world.count("pieces");
    } catch {
      // The server is gone.
      await pause(10);
    }
  }
  return undefined;
}

/** A picture of one point that holds some bytes besides. */
function pictureOf(more: Uint8Array): Uint8Array {
  const chunk = (type: string, data: Uint8Array) => {
    const body = new Uint8Array([...new TextEncoder().encode(type), ...data]);
    const [size, sum] = [new Uint8Array(4), new Uint8Array(4)];
    new DataView(size.buffer).setUint32(0, data.length);
    new DataView(sum.buffer).setUint32(0, crc32(body));
    return [...size, ...body, ...sum];
  };
  return new Uint8Array([
    ...[137, 80, 78, 71, 13, 10, 26, 10],
    ...chunk("IHDR", new Uint8Array([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])),
    ...chunk("teSt", more),
    ...chunk("IDAT", deflateSync(new Uint8Array([0, 255]))),
    ...chunk("IEND", new Uint8Array()),
  ]);
}
