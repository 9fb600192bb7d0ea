import type { Demo } from "@/lib/demo/blocks.tsx";
import type { Json, JsonObject } from "@/lib/value/json.ts";
import type { User } from "@/lib/value/user.ts";
import type { Call, RaisedEvent } from "./call.ts";
import type { AcceptedRun } from "./journal.ts";
import type { Session } from "./sessions.ts";

/** The data that is kept of a call, besides its request. */
export function acceptedRun(id: string, call: Call): AcceptedRun {
  const { action, page, input, rest, event, session, demo } = call;
  const retry = demo.actions[action]?.retry ?? false;
  return {
    id,
    session: session.id,
    call: call.id,
    demo: page,
    action,
    page,
    input,
    rest,
    // Most carry nothing: text alone is copied faster.
    event: event && (event.detail === undefined ? event.when : { when: event.when, detail: event.detail }),
    retry,
  };
}

/** The call of a run that is run again. */
export function callAgain(
  run: AcceptedRun,
  demo: Demo,
  session: Session,
): Call {
  const { url, client, query, user } = run.request as JsonObject;
  return {
    id: run.call,
    demo,
    action: run.action,
    input: run.input,
    ...run.rest === undefined ? {} : { rest: run.rest },
    session,
    page: run.page,
    // It was checked when the run was accepted.
    event: typeof run.event === "string" ? { when: run.event } : run.event as RaisedEvent | undefined,
    request: {
      headers: new Headers(),
      url: url as string,
      client: client as string,
      query: new URLSearchParams(query as string),
      cookies: {},
      user: user as unknown as User | undefined,
    },
  };
}

/**
 * The data that is kept of the request of a call, without secrets: headers and cookies are left out. It is kept of any
 * run: the next server begins a run that had not begun, whatever its action says.
 */
export function requestOf({ request: { url, client, query, user } }: Call): Json {
  return { url, client, query: query.toString(), ...user ? { user: user as unknown as Json } : {} };
}
