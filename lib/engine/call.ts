import type { RunRequest } from "@/lib/demo/action.ts";
import type { Demo } from "@/lib/demo/blocks.tsx";
import type { BoundAction } from "@/lib/demo/bound.ts";
import { componentOf, explain } from "@/lib/demo/component.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { RunEvent } from "@/lib/value/field.ts";
import type { Json } from "@/lib/value/json.ts";
import { tupleKey } from "@/lib/value/tuple_key.ts";
import type { Session } from "./sessions.ts";

/** An event that starts an action. */
export interface RaisedEvent {
  /** Which event it was, as plans name it: `"<field>:<event>"`. */
  readonly when: string;
  /** What it carried; `undefined` for an event that carries nothing. */
  readonly detail?: Json | undefined;
}

/** A request to run an action: what every protocol is translated into. */
export interface Call {
  /** Chosen by who asks, one for each call of a session: a call that is sent again starts nothing. */
  readonly id?: string | undefined;
  /** The demo whose action it is. */
  readonly demo: Demo;
  /** Key of the action. */
  readonly action: string;
  /** Wire values by argument name of the action. */
  readonly input: Readonly<Record<string, Json | undefined>>;
  /** Wire values of further fields by key, for the actions that follow. */
  readonly rest?: Readonly<Record<string, Json | undefined>>;
  /** Who asks, and what is held for them. */
  readonly session: Session;
  /** Path of the page, under which its files are reached. */
  readonly page: string;
  /** The request that started it, for the handler to see. */
  readonly request: RunRequest;
  /** The event that started it, where that is known. {@linkcode checkedEvent} has seen it once the call is taken. */
  readonly event?: RaisedEvent | undefined;
}

/** What stands for the request of a call that is over. */
const OVER: RunRequest = Object.freeze({
  headers: new Headers(),
  url: "",
  query: new URLSearchParams(),
  cookies: {},
  client: "",
});

const NOTHING = Object.freeze({});

/** The data that is remembered of a call that is over. */
export function withoutValues({ id, demo, action, session, page }: Call): Call {
  return { id, demo, action, input: NOTHING, session, page, request: OVER };
}

/** Whose a run is: nobody else finds it, and nobody finds it from another page, which other people may be let into. */
export interface RunOwner {
  /** Id of the session that asked for it. */
  readonly session: string;
  /** Path of the page at which it was asked for. */
  readonly page: string;
}

/**
 * The event of a call, checked by the schema that its component declares. `undefined` when the action does not listen to
 * it.
 *
 * @throws {Fault} `bad_input` with the field, when the event carries something else than it may.
 */
export function checkedEvent({ demo, action, event }: Call): RaisedEvent | undefined {
  if (!event || !demo.plans[action]?.when.includes(event.when)) return undefined;
  const { when } = event;
  const at = when.indexOf(":");
  const key = when.slice(0, at);
  const field = demo.fields[key];
  const schema = field && componentOf(field).events[when.slice(at + 1)];
  if (!schema) return event.detail === undefined ? event : { when };
  const right = schema.safeParse(event.detail);
  if (right.success) return { when, detail: right.data };
  const message = `The event ${when} carries something else: ${explain(right.error)}`;
  throw new Fault("bad_input", message, { field: key, cause: right.error });
}

/** The event that started a run, as its handler sees it. */
export function seenEvent({ when, detail }: RaisedEvent): RunEvent {
  const at = when.indexOf(":");
  return { field: when.slice(0, at), name: when.slice(at + 1), detail };
}

/** The key of a call, if its caller gave it an id. */
export function nameOf({ id, session, page }: Call): string | undefined {
  return id === undefined ? undefined : nameFor(id, { session: session.id, page });
}

/** The key of a call to which its caller gave this id. */
export function nameFor(id: string, { session, page }: RunOwner): string {
  return tupleKey(session, page, id);
}

/**
 * The action that a request names, if it may be called by itself.
 *
 * @throws {Fault} `not_found` for a key that is no action, and for an action that no event of a page starts.
 */
export function calledAction(demo: Demo, key: unknown): BoundAction {
  const action = typeof key === "string" && demo.callable.has(key) ? demo.actions[key] : undefined;
  if (!action) throw noAction();
  return action;
}

/** The refusal of an action that does not exist, may not be called by itself, or may not be run by this user. */
export function noAction(): Fault {
  return new Fault("not_found", "There is no action of that name");
}
