import type { Demo } from "@/lib/demo/blocks.tsx";
import { calledAction } from "@/lib/engine/call.ts";
import type { Clock, Engine } from "@/lib/engine/engine.ts";
import { Run } from "@/lib/engine/run.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { Json, JsonObject } from "@/lib/value/json.ts";
import type { User } from "@/lib/value/user.ts";
import { readJson } from "./body.ts";
import { leaveOutFixed } from "./fixed.ts";
import { runRequest } from "./run_request.ts";
import { answerPast, answerRun } from "./stream.ts";

const CALL_ID = /^[\w-]{22}$/;

/** A request to a page, as the translations see it. */
export interface PageRequest {
  readonly request: Request;
  /** Path of the page. */
  readonly page: string;
  /** Who is logged in. */
  readonly user?: User | undefined;
  /** Address of the peer. */
  readonly client: () => string;
}

/**
 * The native protocol: one POST to the page's own URL for each event, its answer the stream of the run's frames.
 * `{action, input, rest?, event?, id?, session}` starts a run, `event` being `{when, detail}`: the event that starts it, and
 * what that carries; `{resume, after, session}` reads one again;
 * `{cancel, session}` ends one. A client that chose an `id` can send the event again without starting it twice,
 * and can resume and cancel by that id.
 *
 * @throws {Fault} what is refused before anything runs.
 */
export async function answerEvent(
  { request, page, user, client }: PageRequest,
  { demo, engine, clock }: { demo: Demo; engine: Engine; clock: Clock },
): Promise<Response> {
  const body = await readJson(request);
  if (!isObject(body)) {
    throw new Fault("bad_request", "The body must be a JSON object with an action or a run");
  }
  const session = engine.sessions.open(body.session, user?.id);
  if (body.here !== undefined || body.left !== undefined) {
    if (body.left !== undefined) engine.presence.going(session.id);
    else {engine.presence.here(
        { demo, page, session, request: runRequest(request, client, user) },
        body.here === "hidden",
      );}
    return new Response(null, { status: 204 });
  }
  const owner = { session: session.id, page };
  if (body.cancel !== undefined) {
    const run = engine.find(body.cancel, owner);
    run.cancel();
    // Said once it cannot be lost any more, or with the word that it may.
    await run.ending;
    const end = run.log.at(-1);
    // Left to the process that comes next, it goes on there.
    if (run.finished && end?.type !== "done") {
      throw new Fault("offline", "The server is about to restart. Try again shortly");
    }
    return Response.json(
      end?.type === "done" && end.kept === false ? { cancelled: true, kept: false } : { cancelled: true },
    );
  }
  if (body.resume !== undefined) {
    const after = body.after ?? 0;
    if (typeof after !== "number" || !Number.isInteger(after) || after < 0) {
      throw new Fault("bad_request", "after must be the seq of the last frame seen: a whole number from 0");
    }
    const told = await engine.seek(body.resume, owner, after);
    return told instanceof Run ? answerRun(engine, told, clock, after) : answerPast(told);
  }
  const { action, input = {}, rest = {}, event, id } = body;
  const called = calledAction(demo, action);
  if (!isObject(input) || !isObject(rest)) {
    throw new Fault("bad_request", "input and rest must be JSON objects");
  }
  if (event !== undefined && !(isObject(event) && typeof event.when === "string")) {
    throw new Fault("bad_request", 'event must be an object: {"when": "<field>:<event>", "detail": ...}');
  }
  if (id !== undefined && (typeof id !== "string" || !CALL_ID.test(id))) {
    throw new Fault("bad_request", "id must be 22 characters of base64url, other ones for each call");
  }
  const { names } = called.inputs;
  for (const name in input) {
    if (!Object.hasOwn(names, name)) {
      throw new Fault(
        "bad_input",
        `There is no input "${name}". The inputs are: ${Object.keys(names).join(", ") || "none"}`,
      );
    }
  }
  leaveOutFixed(demo, input, names);
  leaveOutFixed(demo, rest);
  const accepted = engine.accept({
    id,
    demo,
    action: called.key,
    input,
    rest,
    session,
    page,
    event: event && { when: event.when as string, detail: event.detail },
    request: runRequest(request, client, user),
  }, request);
  const run = accepted instanceof Promise ? await accepted : accepted;
  return run instanceof Run ? answerRun(engine, run, clock) : answerPast(run);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
