import assert from "node:assert/strict";
import { readFrames } from "@/lib/wire/event_stream.ts";
import type { FrameBody } from "@/lib/wire/frame.ts";
import type { Plan } from "./engine_demo.ts";
import type { Network } from "./network.ts";
import type { World } from "./seeds.ts";

/** A call as its client sees it. */
export interface Called {
  readonly id: string;
  readonly action: string;
  readonly plan: Plan;
  /** Token of the session. */
  readonly session: string;
  /** The frames that were received, by reader. The first is who called. */
  readonly heard: FrameBody[][];
  /** Refused before anything ran, or gone from the server. */
  refused: string | undefined;
  /** Whether its end was heard. */
  over: boolean;
  /** Whether somebody asked for it to end. */
  cancelled: boolean;
  /** Whether the server has said that it is cancelled, and that this is kept. */
  cancelKept: boolean;
  /** Whether the server is known to have it. */
  known: boolean;
  /** The longest time for which its caller read nothing, in milliseconds. */
  unreadMs: number;
}

const SILENCE_MS = 4000;

/** Clients that follow their calls over whatever the network does, and check each frame. */
export class Clients {
  readonly all: Called[] = [];
  readonly #world: World;
  readonly #network: Network;

  constructor(world: World, network: Network) {
    this.#world = world;
    this.#network = network;
  }

  /** Calls an action and hears it to the end, or leaves after a while. */
  async call(session: string, action: string, plan: Plan): Promise<void> {
    const { chance, note, follow, time } = this.#world;
    const id = chance.bytes(16).toBase64({ alphabet: "base64url", omitPadding: true });
    const called: Called = {
      id,
      action,
      plan,
      session,
      heard: [],
      refused: undefined,
      over: false,
      cancelled: false,
      cancelKept: false,
      known: false,
      unreadMs: 0,
    };
    this.all.push(called);
    note(`${plan.mark} calls ${action}: ${plan.kind}, ${plan.steps} of ${plan.stepMs} ms`);
    const leavesAt = chance.trouble("leaves") ? chance.int(20) : Infinity;
    const first = this.#hear(called, leavesAt);
    if (chance.yes(0.2)) follow(time.sleep(chance.int(300)).then(() => this.#hear(called, 10)));
    if (chance.yes(0.2)) follow(this.#cancel(called, chance.int(200)));
    if (plan.kind === "waits") follow(this.#cancel(called, 500 + chance.int(3000)));
    await first;
  }

  /** Asks with the session of somebody else: there is nothing there. */
  async pry(session: string): Promise<void> {
    const { chance } = this.#world;
    const others = this.all.filter((called) => called.session !== session);
    if (others.length === 0) return;
    const { id, plan } = chance.pick(others);
    const body = chance.yes(0.5) ? { cancel: id, session } : { resume: id, after: 0, session };
    const answer = await this.#network.post(body).catch(() => undefined);
    if (!answer) return;
    assert.equal(answer.status, 404, `${plan.mark} is found by somebody else`);
    await answer.body?.cancel();
  }

  /** How many frames this reader takes at most before it goes away for good. */
  async #hear(called: Called, most: number): Promise<void> {
    const { chance, time, note } = this.#world;
    const { id, action, plan, session } = called;
    const frames: FrameBody[] = [];
    const isCaller = called.heard.push(frames) === 1;
    let over = false;
    let last = 0;
    let readMs = time.now();
    for (let tries = 0; !over && frames.length < most && tries < 60; tries++) {
      const body = last === 0 && isCaller
        ? { id, action, input: { plan }, session }
        : { resume: id, after: last, session };
      const { known } = called;
      try {
        const answer = await this.#network.post(body);
        if (!answer.ok) {
          const text = await this.#textOf(answer);
          // Cut in the middle, it says nothing.
          if (!text.endsWith("}}")) throw new TypeError("connection reset");
          const { error } = JSON.parse(text) as { error: { code: string } };
          note(`${plan.mark} is answered ${answer.status} ${error.code}`);
          if (known && ["offline", "no_space"].includes(error.code)) {
            await time.sleep(50);
            continue;
          }
          assert.ok(!known, `${plan.mark} was acknowledged and is lost`);
          if (isCaller) called.refused = error.code;
          else await time.sleep(50);
          if (isCaller || tries > 5) return;
          continue;
        }
        called.known = true;
        if (isCaller) called.unreadMs = Math.max(called.unreadMs, time.now() - readMs);
        const stream = answer.body as ReadableStream<Uint8Array>;
        const cut = new AbortController();
        let silence = time.after(SILENCE_MS, () => cut.abort());
        try {
          for await (
            const { run: _, seq, ...frame } of readFrames(until(stream, cut.signal), "", () => {
              silence[Symbol.dispose]();
              silence = time.after(SILENCE_MS, () => cut.abort());
            })
          ) {
            assert.ok(!over, `${plan.mark} says something after its end`);
            // One that stands for all before it may come after a gap: what is missing is in it.
            const stands = "whole" in frame && frame.whole === true && seq > last;
            assert.ok(seq === last + 1 || stands, `${plan.mark} has a gap or says something twice`);
            last = seq;
            frames.push(frame as FrameBody);
            over = frame.type === "done";
            if (frames.length >= most) break;
          }
        } finally {
          silence[Symbol.dispose]();
          readMs = time.now();
        }
      } catch (error) {
        if (!(error instanceof TypeError) && !(error instanceof DOMException)) throw error;
      }
      if (over) called.over = true;
      else if (frames.length < most) await time.sleep(10 + chance.int(200));
    }
    if (isCaller && !over) called.unreadMs = Infinity;
    note(`${plan.mark} ${over ? "is over" : "is left"} after ${frames.length} frames`);
  }

  // As a page does: an answer of which nothing more comes is given up.
  async #textOf(answer: Response): Promise<string> {
    if (!answer.body) return "";
    const cut = new AbortController();
    using _silence = this.#world.time.after(SILENCE_MS, () => cut.abort());
    return await new Response(until(answer.body, cut.signal)).text();
  }

  async #cancel(called: Called, afterMs: number): Promise<void> {
    const { time, chance, note } = this.#world;
    const { id, session, plan } = called;
    await time.sleep(afterMs);
    for (let tries = 0; tries < 40; tries++) {
      note(`${plan.mark} is to be cancelled`);
      called.cancelled = true;
      const answer = await this.#network.post({ cancel: id, session }).catch(() => undefined);
      const status = answer?.status;
      const text = answer && await this.#textOf(answer).catch(() => "");
      if (text === '{"cancelled":true}' && called.known) {
        note(`${plan.mark} is said to be cancelled`);
        called.cancelKept = true;
      }
      if (status === 200 && chance.yes(0.8)) return;
      if (called.over || called.refused) return;
      await time.sleep(chance.int(300));
    }
  }
}

/** The stream until somebody has heard enough of nothing. */
function until(stream: ReadableStream<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream({
    async pull(controller) {
      const ended = Promise.withResolvers<never>();
      const end = () => ended.reject(new TypeError("silence"));
      signal.addEventListener("abort", end);
      try {
        const { done, value } = await Promise.race([reader.read(), ended.promise]);
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        void reader.cancel().catch(() => {});
        throw error;
      } finally {
        signal.removeEventListener("abort", end);
      }
    },
    cancel: () => reader.cancel(),
  }, { highWaterMark: 0 });
}
