import type { ComponentChildren, VNode } from "preact";
import type { AnyField, Contains, EventRef, Fields } from "@/lib/value/field.ts";
import type { ActionPlan, FieldState } from "@/lib/value/page.ts";
import type { AnyAction } from "./action.ts";
import { bindAction, type BoundAction, type Following, heldByServer } from "./bound.ts";
import { componentOf, deepFreeze } from "./component.ts";
import { declaredIn } from "./declared_in.ts";
import { madeDuring } from "./made.ts";
import { onlyStops, planOf } from "./plan.ts";

/** Draws one field in a layout. */
export type FieldSlot = (props: { readonly class?: string | undefined }) => ComponentChildren;

/** Draws a container in a layout, around its content. */
export type ContainerSlot = (
  props: { readonly class?: string | undefined; readonly children: ComponentChildren },
) => ComponentChildren;

/** The function that draws a field `F` in a layout. */
export type SlotOf<F> = F extends { readonly [Contains]: true } ? ContainerSlot : FieldSlot;

/** A demo: fields, actions between them, a layout. */
export interface Demo {
  /** Name of the demo. */
  readonly title: string | undefined;
  /** One or two sentences. */
  readonly description: string | undefined;
  /** The file that declares it, from the root of the project, for messages. */
  readonly file: string | undefined;
  /** Fields by key. */
  readonly fields: Readonly<Record<string, AnyField>>;
  /** Actions by key. */
  readonly actions: Readonly<Record<string, BoundAction>>;
  /**
   * Keys of the actions that clients may call: an event of a page starts them. All others run only after another
   * action, after a change of state on the server, or after the page was left.
   */
  readonly callable: ReadonlySet<string>;
  /** The plan of each action that an event of the page starts, for the browser. */
  readonly plans: Readonly<Record<string, ActionPlan>>;
  /** The fields that live in the browser, as a new page has them. Frozen: they are the same for every page. */
  readonly live: Readonly<Record<string, FieldState>>;
  /** Keys of the fields whose values live on the server. */
  readonly holds: readonly string[];
  /** By field on the server: keys of the actions that its change starts. */
  readonly changes: Readonly<Record<string, readonly string[]>>;
  /**
   * By action: keys of the fields on the server that its chain both takes and gives. Runs of one session change
   * them one after the other.
   */
  readonly owned: Readonly<Record<string, readonly string[]>>;
  /** Keys of the actions that are started when the page has been left. */
  readonly leaves: readonly string[];
  /** Keys of the fields that a person may change. */
  readonly interactive: ReadonlySet<string>;
  /** Draws the fields in their places; absent for a plain column. */
  readonly layout: ((ui: Readonly<Record<string, FieldSlot>>) => VNode) | undefined;
}

/** A demo as a route: GET draws it, POST runs its actions. `F` and `A` are kept for typed clients. */
export interface Page<
  F extends Fields = Fields,
  A extends Readonly<Record<string, AnyAction>> = Readonly<Record<string, AnyAction>>,
> {
  /** Answers a request, as Fresh calls a route. */
  (context: PageContext): Promise<unknown>;
  /** The demo, ready to run. */
  readonly demo: Demo;
  /** The fields as declared. */
  readonly fields: F;
  /** The actions as declared. */
  readonly actions: A;
}

/** The part of Fresh's context that a page needs. */
export interface PageContext {
  /** The page host, set by the middleware of `main.ts`. */
  readonly state: { readonly atoll?: PageHost };
}

/** Answers the requests of pages. */
export interface PageHost {
  /** Answers the current request. */
  answer(demo: Demo): Promise<unknown>;
}

/** Options for {@linkcode Blocks}. */
export interface BlocksSpec<F extends Fields, A extends Readonly<Record<string, AnyAction>>> {
  /** Name of the demo, over the page and in the gallery. */
  readonly title?: string;
  /** One or two sentences under the title. */
  readonly description?: string;
  /** The fields. Their keys are their ids: on the page, in the API, in stored data. */
  readonly fields: F;
  /** The actions. Their keys are their API names. */
  readonly actions?: (fields: NoInfer<F>) => A;
  /** Arranges the fields. Default: one column, in their order. */
  readonly layout?: (ui: { readonly [K in keyof NoInfer<F>]: SlotOf<F[K]> }) => VNode;
}

/**
 * Makes a demo of fields, actions and a layout: the default export of a route file.
 *
 * @throws {TypeError} when a key is not an identifier, an action names a field that is not one of `fields`, or an
 * action was not returned.
 */
export function Blocks<
  const F extends Fields,
  const A extends Readonly<Record<string, AnyAction>> = Record<never, AnyAction>,
>(spec: BlocksSpec<F, A>): Page<F, A> {
  const { title, description, fields } = spec;
  const declared = { title, description, file: declaredIn(), fields, layout: spec.layout as Demo["layout"] };
  const made = madeDuring(() => spec.actions?.(spec.fields) ?? {} as A);
  const actions = made.gives;
  checkReturned(actions, made.actions, declared);
  const demo = bind(declared, actions);
  // Fresh takes a route for asynchronous only if it is a literal async function.
  async function page(context: PageContext): Promise<unknown> {
    const host = context.state.atoll;
    if (!host) {
      throw new Error(`Cannot serve ${nameOf(demo)}: main.ts has no app.use(host), which answers for demos`);
    }
    return await host.answer(demo);
  }
  return Object.assign(page, { demo, fields: spec.fields, actions });
}

/** The declaration of a demo, without its actions. */
export type Declared = Pick<Demo, "title" | "description" | "file" | "fields" | "layout">;

/** The parts of a demo, from which a smaller demo can be made. */
export interface Origin {
  readonly spec: Declared;
  readonly actions: Readonly<Record<string, AnyAction>>;
}

/** The origin of each demo. */
export const origins: WeakMap<Demo, Origin> = new WeakMap();

/** Connects fields and actions by their keys. Events of the actions in `gone` are ignored. */
export function bind(
  spec: Declared,
  actions: Readonly<Record<string, AnyAction>>,
  gone: ReadonlySet<unknown> = new Set(),
): Demo {
  const where = placeOf(spec);
  const fieldKeys = new Map<object, string>();
  for (const [key, field] of Object.entries(spec.fields)) {
    checkKey(key, "field", where);
    const twin = fieldKeys.get(field);
    if (twin !== undefined) {
      throw new TypeError(`Cannot use one field as "${twin}" and as "${key}" of ${where}: declare two`);
    }
    fieldKeys.set(field, key);
    if (componentOf(field).contains && !spec.layout) {
      throw new TypeError(
        `Cannot make ${where} without a layout: it says what stands in its container "${key}"`,
      );
    }
  }
  const actionKeys = new Map<object, string>();
  for (const [key, action] of Object.entries(actions)) {
    checkKey(key, "action", where);
    actionKeys.set(action, key);
  }

  const bound: Record<string, BoundAction> = Object.create(null);
  const starts = new Map<string, string[]>();
  const changes: Record<string, string[]> = Object.create(null);
  const leaves: string[] = [];
  const callable = new Set<string>();
  const then = new Map<string, Chained>();
  for (const key of Object.keys(actions)) then.set(key, { success: [], failure: [], mends: false });
  for (const [key, action] of Object.entries(actions)) {
    const at = `action "${key}" of ${where}`;
    bound[key] = bindAction(key, action, {
      fields: spec.fields,
      fieldKeys,
      actions,
      then: then.get(key) ?? { success: [], failure: [], mends: false },
      at,
    });
    const when: string[] = [];
    for (const event of action.when) {
      if (gone.has(event.source)) continue;
      const before = event.source === null ? undefined : actionKeys.get(event.source);
      if (before !== undefined) chain(then.get(before), event, key);
      else {
        const name = nameEvent(event, fieldKeys, at);
        const source = name.slice(0, name.indexOf(":"));
        if (name === ":unload") leaves.push(key);
        if (heldByServer(spec.fields, source)) (changes[source] ??= []).push(key);
        else {
          when.push(name);
          if (name !== ":unload") callable.add(key);
        }
      }
    }
    starts.set(key, when);
    // Where actions are left out for somebody, one may be left that nothing starts any more.
    if (gone.size === 0 && !callable.has(key) && (action.spec.cancels?.length ?? 0) > 0) {
      throw new TypeError(
        `Cannot cancel others by ${at}: the page does that when it starts an action, and no event of it starts this one`,
      );
    }
  }
  checkCycles(bound, where);

  const plans: Record<string, ActionPlan> = {};
  const touched = new Set<string>();
  const taken = new Set<string>();
  const given = new Set<string>();
  const pressed = new Set<string>();
  for (const [key, action] of Object.entries(actions)) {
    const own = bound[key] as BoundAction;
    const when = starts.get(key) ?? [];
    for (const name of when) {
      const [field = "", event] = name.split(":");
      touched.add(field);
      if (event !== "change") pressed.add(field);
    }
    for (const field of Object.values(own.inputs.names)) {
      if (componentOf(spec.fields[field] as AnyField).contains) {
        throw new TypeError(
          `Cannot take "${field}" in action "${key}" of ${where}: it is a container, which has no value`,
        );
      }
      taken.add(field);
    }
    for (const field of Object.values(own.outputs.names)) given.add(field);
    if (when.length > 0) {
      plans[key] = planOf(own, action, { when, fields: spec.fields, actions: bound, actionKeys, changes });
    }
  }

  const live: Record<string, FieldState> = {};
  const interactive = new Set<string>();
  for (const [key, field] of Object.entries(spec.fields)) {
    const component = componentOf(field);
    const wanted = touched.has(key) || taken.has(key) || given.has(key) || component.alive(field.props) ||
      canBeCopied(field);
    const open = pressed.has(key) || !given.has(key) || (component.input && taken.has(key));
    if (field.props.interactive as boolean | undefined ?? open) interactive.add(key);
    if (wanted && component.island && component.holds === "page") {
      const state = { value: field.initial, props: field.props, interactive: interactive.has(key) };
      live[key] = deepFreeze(
        onlyStops(key, plans, actions) ? { ...state, status: { phase: "idle", off: true } } : state,
      );
    }
  }
  const demo: Demo = Object.freeze({
    title: spec.title,
    description: spec.description,
    file: spec.file,
    fields: spec.fields,
    actions: bound,
    callable,
    plans: deepFreeze(plans),
    live: Object.freeze(live),
    holds: Object.keys(spec.fields).filter((key) => heldByServer(spec.fields, key)),
    changes,
    owned: ownedBy(bound, changes),
    leaves,
    interactive,
    layout: spec.layout,
  });
  origins.set(demo, { spec, actions });
  return demo;
}

function ownedBy(
  actions: Readonly<Record<string, BoundAction>>,
  changes: Readonly<Record<string, readonly string[]>>,
): Record<string, readonly string[]> {
  const owned: Record<string, readonly string[]> = Object.create(null);
  for (const key of Object.keys(actions)) {
    const keys = new Set<string>();
    const seen = new Set<string>();
    const todo = [key];
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const action = actions[next];
      if (!action || seen.has(next)) continue;
      seen.add(next);
      for (const one of action.owns) keys.add(one);
      todo.push(...action.then.success, ...action.then.failure);
      for (const given of Object.values(action.outputs.names)) todo.push(...changes[given] ?? []);
    }
    owned[key] = [...keys];
  }
  return owned;
}

function nameEvent(event: EventRef, fieldKeys: ReadonlyMap<object, string>, at: string): string {
  if (event.source === null) return `:${event.event}`;
  const field = fieldKeys.get(event.source);
  if (field === undefined) {
    throw new TypeError(
      `Cannot start ${at} by "${event.event}" of something that is neither a field nor an action of the demo`,
    );
  }
  return `${field}:${event.event}`;
}

interface Chained extends Following {
  readonly success: string[];
  readonly failure: string[];
  mends: boolean;
}

function chain(then: Chained | undefined, event: EventRef, key: string): void {
  if (!then) return;
  if (event.event !== "failure") then.success.push(key);
  if (event.event !== "success") then.failure.push(key);
  if (event.event === "failure") then.mends = true;
}

function checkCycles(actions: Readonly<Record<string, BoundAction>>, where: string): void {
  const state = new Map<string, "open" | "closed">();
  const visit = (key: string, path: readonly string[]) => {
    if (state.get(key) === "closed") return;
    if (state.get(key) === "open") {
      throw new TypeError(`Cannot chain ${[...path, key].join(" -> ")} in ${where}: the chain never ends`);
    }
    state.set(key, "open");
    const { success, failure } = (actions[key] as BoundAction).then;
    for (const next of [...success, ...failure]) visit(next, [...path, key]);
    state.set(key, "closed");
  };
  for (const key of Object.keys(actions)) visit(key, []);
}

function checkKey(key: string, what: string, where: string): void {
  if (/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(key) && !(key in Object.prototype)) return;
  throw new TypeError(
    `Cannot call a ${what} of ${where} "${key}": keys are ids, so letters, digits and _ only, a letter first`,
  );
}

// An action that is not returned has no key, so nothing could start it.
function checkReturned(
  actions: Readonly<Record<string, AnyAction>>,
  made: readonly AnyAction[],
  declared: Declared,
): void {
  const returned = new Set(Object.values(actions));
  const lost = made.find((action) => !returned.has(action));
  if (!lost) return;
  const key = Object.keys(declared.fields).find((key) => declared.fields[key] === lost.when[0]?.source);
  const event = lost.when[0]?.event;
  const which = key === undefined
    ? `an action that "${event}" starts`
    : `the action that ${key}.${event} starts`;
  throw new TypeError(
    `Cannot leave ${which} out of ${
      placeOf(declared)
    }: actions() has to return it, as in return { name: on(...) }`,
  );
}

/** The name of a demo in messages: its title, or else its file. */
export function placeOf({ title, file }: Pick<Demo, "title" | "file">): string {
  return title === undefined ? file ?? "this demo" : `"${title}"`;
}

/** How messages that come from elsewhere call a demo: its title and its file. */
export function nameOf({ title, file }: Pick<Demo, "title" | "file">): string {
  if (title === undefined) return file ?? "this demo";
  return file === undefined ? `the demo "${title}"` : `the demo "${title}" (${file})`;
}

// The button works on the page alone. Unlike `alive()`, it gives nobody a say in the value.
function canBeCopied({ props }: AnyField): boolean {
  return Array.isArray(props.buttons) && props.buttons.includes("copy");
}
