import type { Engine } from "@/lib/engine/engine.ts";
import { answerEvent } from "@/lib/gate/native.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { Demo } from "@/lib/demo/blocks.tsx";
import type { World } from "./seeds.ts";

/** What clients of the simulator send their requests through. */
export interface Network {
  /** Sends a body. @throws {TypeError} when the connection breaks, as `fetch` does. */
  post(body: unknown): Promise<Response>;
}

/** What answers at the other end. */
export interface Server {
  readonly engine: Engine;
  readonly demo: Demo;
  /** Rejects when the process of the server is gone, and its connections with it. */
  readonly gone: Promise<never>;
}

/** Path of the page. */
export const PAGE = "/simulated";

/** A network that loses, doubles, delays and cuts, before the real protocol of an engine. */
export function simulatedNetwork(
  { chance, time, follow, note }: World,
  server: () => Server,
): Network {
  const broken = (why: string) => {
    note(why);
    return new TypeError(why);
  };

  async function arrive(text: string, { engine, demo, gone }: Server): Promise<Response> {
    const request = new Request(`http://127.0.0.1${PAGE}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "content-length": String(new TextEncoder().encode(text).length),
      },
      body: text,
    });
    try {
      const answer = answerEvent(
        { request, page: PAGE, client: () => "127.0.0.1" },
        { demo, engine, clock: time },
      );
      return await Promise.race([answer, gone]);
    } catch (error) {
      if (error instanceof Fault) return Response.json({ error: error.toJSON() }, { status: error.status });
      throw error;
    }
  }

  function wire(body: ReadableStream<Uint8Array>, gone: Promise<never>): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    let left = chance.trouble("cut") ? chance.int(600) : Infinity;
    const end = chance.pick(["close", "reset", "hang"]);
    const slice = chance.trouble("small pieces") ? 1 + chance.int(40) : Infinity;
    let rest = new Uint8Array();
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (rest.length === 0) {
          const { done, value } = await Promise.race([reader.read(), gone]);
          if (done) return controller.close();
          rest = value as Uint8Array<ArrayBuffer>;
          if (chance.trouble("slow answer")) await time.sleep(chance.int(200));
        }
        const size = Math.min(rest.length, slice, left);
        if (size > 0) controller.enqueue(rest.slice(0, size));
        rest = rest.slice(size);
        left -= size;
        if (left > 0) return;
        note(`an answer is cut (${end})`);
        if (end === "hang") return await new Promise(() => {});
        follow(reader.cancel());
        if (end === "close") controller.close();
        else controller.error(new TypeError("connection reset"));
      },
      cancel: () => reader.cancel(),
    }, { highWaterMark: 0 });
  }

  return {
    post: async (body) => {
      const text = JSON.stringify(body);
      await time.sleep(chance.trouble("slow request") ? chance.int(300) : chance.int(3));
      if (chance.trouble("request lost")) throw broken("a request is lost");
      if (chance.trouble("request twice")) {
        follow(
          arrive(text, server()).then((answer) => answer.body?.cancel(), (error) => {
            if (!(error instanceof TypeError)) throw error;
          }),
        );
      }
      const to = server();
      const answer = await arrive(text, to);
      await time.sleep(chance.int(3));
      if (chance.trouble("answer lost")) {
        await answer.body?.cancel();
        throw broken("an answer is lost");
      }
      const { status, headers } = answer;
      return new Response(answer.body && wire(answer.body, to.gone), { status, headers });
    },
  };
}
