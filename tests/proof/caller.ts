import { readFrames } from "@/lib/wire/event_stream.ts";
import type { Frame } from "@/lib/wire/frame.ts";
import { newId } from "@/tests/torture/torture.ts";
import { pause, type World } from "./world.ts";

/** How a call came out: `never` was not accepted, `refused` was told so. */
export type Outcome = "done" | "failed" | "cancelled" | "never" | "refused";

/** A page of the demo in one browser. */
export interface Page {
  readonly path: string;
  readonly token: string;
  readonly cookie?: string | undefined;
}

/** A call of a client, and what it knows of it. */
export class Op {
  readonly id: string = newId();
  readonly page: Page;
  readonly action: string;
  readonly tag: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Whether the server has said that it accepted it. */
  acked = false;
  outcome: Outcome | undefined;
  code: string | undefined;
  /** The launch in which it was made: each one after it may begin it once more. */
  readonly launch: number;
  /** What went on when its end was told. */
  scene = "";
  /** How often it was sent: each time before the last it may have begun, and was then refused or not acknowledged. */
  sends = 1;
  /** Whether the disk was broken when it was refused: then nobody knows what the next process finds on it. */
  open = false;
  /** Whether its end was told as one that is kept. */
  kept = true;
  /** What the page shows. */
  values: Record<string, unknown> = {};
  seq = 0;

  constructor(page: Page, action: string, tag: string, input: Record<string, unknown> = {}, launch = 0) {
    this.page = page;
    this.launch = launch;
    this.action = action;
    this.tag = tag;
    this.input = input;
  }

  /** Whether somebody asked for its end, or was told of one that a crash may take. */
  mayBeOver = false;

  /** Forgets what was told of its end. */
  again(): void {
    this.mayBeOver = true;
    this.outcome = this.code = undefined;
    this.kept = true;
    this.values = {};
    this.seq = 0;
  }
}

// What a server says that stops, has no room or has a broken disk.
const LATER = new Set([429, 500, 502, 503, 504, 507]);

/** Sends what pages send, and goes on after the server's death as pages do. */
export class Caller {
  readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  /** Opens a page. */
  async open(path: string, cookie?: string): Promise<Page> {
    for (;;) {
      const { base } = await this.world.up();
      try {
        const answer = await fetch(base + path, { headers: cookie === undefined ? {} : { cookie } });
        const token = /name="\$session" value="([^"]+)"/.exec(await answer.text())?.[1];
        if (answer.status === 200 && token) return { path, token, cookie };
        if (!LATER.has(answer.status)) {
          throw new Error(`${path} answered ${answer.status}`, { cause: "model" });
        }
      } catch (error) {
        if ((error as Error).cause === "model") throw error;
      }
      await pause(20);
    }
  }

  /** Logs somebody in and gives the cookie. */
  async login(path: string, name: string): Promise<string> {
    for (;;) {
      const { base } = await this.world.up();
      try {
        const answer = await fetch(`${base}${path}/login`, {
          method: "POST",
          headers: { origin: base },
          body: new URLSearchParams({ name, password: "low-tide" }),
          redirect: "manual",
        });
        await answer.body?.cancel();
        const cookie = answer.headers.get("set-cookie")?.split(";")[0];
        if (answer.status === 303 && cookie) return cookie;
      } catch {
        // The server is gone.
      }
      await pause(20);
    }
  }

  /** Sends a body to a page as its script does. */
  async post(page: Page, body: object, signal?: AbortSignal): Promise<Response> {
    const { base } = await this.world.up();
    return await fetch(base + page.path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: base,
        ...page.cookie ? { cookie: page.cookie } : {},
      },
      body: JSON.stringify({ ...body, session: page.token }),
      ...signal ? { signal } : {},
    });
  }

  /** Sends a call and gives its answer once the server has accepted it; `undefined` when that is not known. */
  async begin(op: Op): Promise<Response | undefined> {
    try {
      const answer = await this.post(op.page, { action: op.action, input: op.input, id: op.id });
      if (answer.status === 200) op.acked = true;
      return answer;
    } catch {
      return undefined;
    }
  }

  /** Follows a call to its end, whatever happens to the server meanwhile. `answer`: what it has answered so far. */
  async settle(op: Op, answer?: Response, asks = false): Promise<Outcome> {
    const { world, world: { chance } } = this;
    // Whether it may have been accepted without our knowing.
    let unsure = asks;
    for (;;) {
      try {
        const sent = asks
          ? { resume: op.id, after: op.seq }
          : { action: op.action, input: op.input, id: op.id };
        answer ??= await this.post(op.page, sent);
        if (answer.status === 200) {
          op.acked = true;
          asks = true;
          if (await this.#read(op, answer)) {
            op.scene = world.scene;
            if (op.kept) return op.outcome as Outcome;
            // Its end was told as one that a crash may take: another may be told later.
            world.count("ends told as not kept");
            op.again();
            await pause(50);
          }
        } else {
          const { code, message } = await answer.json().then(({ error }) => error ?? {}, () => ({}));
          if (answer.status === 404 && asks) {
            if (op.acked) world.violated(`${op.action} ${op.tag} was acknowledged and is lost`);
            if (op.acked || chance.yes(0.3)) {
              op.open = world.broken;
              return op.outcome = "never";
            }
            // The server knows nothing of it: it is as if it had never been sent.
            asks = unsure = false;
            op.sends++;
            answer = undefined;
            continue;
          }
          if (!LATER.has(answer.status)) {
            world.violated(`${op.action} ${op.tag} was answered with ${answer.status} ${code}: ${message}`);
            return op.outcome = "refused";
          }
          world.count(`answers ${answer.status}`);
          if (!asks) op.sends++;
          if (!asks && !unsure) {
            op.code = code;
            op.open = world.broken;
            return op.outcome = "refused";
          }
          await pause(20);
        }
      } catch {
        if (!asks && !op.acked) {
          unsure = true;
          asks = chance.yes(0.5);
          if (!asks) op.sends++;
          world.count(asks ? "asked after without an answer" : "sent again without an answer");
        } else asks = true;
        await pause(10);
      }
      answer = undefined;
    }
  }

  async #read(op: Op, answer: Response): Promise<boolean> {
    if (!answer.body || !answer.headers.get("content-type")?.startsWith("text/event-stream")) {
      this.world.violated(`${op.action} ${op.tag} was answered with ${answer.headers.get("content-type")}`);
      await answer.body?.cancel();
      return false;
    }
    try {
      for await (const frame of readFrames(answer.body)) {
        const jump = frame.seq !== op.seq + 1 && !(frame.type === "output" && frame.whole);
        if (frame.seq <= op.seq || jump && frame.type !== "failed") {
          this.world.violated(`${op.action} ${op.tag}: frame ${frame.seq} (${frame.type}) follows ${op.seq}`);
        }
        op.seq = frame.seq;
        take(op, frame);
        if (frame.type === "done") {
          op.outcome = frame.outcome;
          op.kept = (frame as { kept?: boolean }).kept !== false;
        }
      }
    } catch {
      // The stream was cut.
    }
    return op.outcome !== undefined;
  }

  /** Cancels a call; whether the server has said that it did. */
  async cancel(op: Op): Promise<boolean> {
    op.mayBeOver = true;
    try {
      const answer = await this.post(op.page, { cancel: op.id });
      const { cancelled, kept } = await answer.json();
      return answer.status === 200 && cancelled === true && kept !== false;
    } catch {
      return false;
    }
  }
}

function take(op: Op, frame: Frame): void {
  if (frame.type === "failed") op.code = frame.code;
  if (frame.type !== "output") return;
  for (const [key, value] of Object.entries(frame.values)) {
    op.values[key] = frame.mode === "append" ? `${op.values[key] ?? ""}${value}` : value;
  }
}
