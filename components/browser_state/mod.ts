import { z } from "zod";
import { type Component, component, deepFreeze } from "@/lib/demo/component.ts";
import type { Field } from "@/lib/value/field.ts";
import type { Json } from "@/lib/value/json.ts";
import { Fault } from "@/lib/value/fault.ts";
import { whyNotJson } from "@/lib/value/is_json.ts";
import { jsonSchema } from "@/lib/value/json_schema.ts";
import BrowserState from "@/islands/BrowserState.tsx";
import { BrowserStateView } from "./view.tsx";

// A browser gives some five million letters to a site; an event may have one million bytes.
const MOST_LETTERS = 400_000;

const declare = component({
  kind: "browser_state",
  props: z.object({
    key: z.string().min(1).max(200),
    initial: jsonSchema,
    value: z.string().optional(),
  }),
  wire: () => z.string().max(MOST_LETTERS),
  empty: () => "",
  events: { change: null },
  alive: () => true,
  unseen: true,
  view: BrowserStateView,
  island: BrowserState,
  form: () => undefined,
  summary: () => "kept in the browser",
  decode: async (sealed, { unseal }, { key, initial }) =>
    (sealed === "" ? undefined : await unseal(sealed, nameOf(key))) ?? structuredClone(initial),
  encode: (value: Json, { seal }, { key }) => {
    const wrong = whyNotJson(value);
    if (wrong) throw new Fault("bad_output", `The value of "${key}" must be JSON, but ${wrong}`);
    return seal(value, nameOf(key));
  },
});

/** Options of {@linkcode browserState}. */
export interface BrowserStateOptions {
  /** The name in the storage of the browser. Pages of one origin with the same key share the value. */
  readonly key: string;
}

/** Declares a value that the browser keeps. */
export interface DeclareBrowserState {
  /** Takes the value until the browser keeps one: plain data. */
  <T>(initial: T, options: BrowserStateOptions): Field<T, T, "change">;
  /** The component behind it. */
  readonly component: Component;
}

/**
 * A value that the browser keeps over reloads and restarts, in its local storage. It is encrypted with the secret
 * of the server. The person can delete it or put back an earlier one, but can neither read nor change it. The value
 * of a logged-in user is useless to others. After a change of the secret the value is lost: keep the secret with
 * `ATOLL_SECRET` or a store. Raises `change`. A layout does not need to name it.
 *
 * @throws {TypeError} when the first value is not plain data, or the key is missing.
 *
 * @example
 * ```ts
 * import { browserState } from "atoll";
 *
 * const seen = browserState(0, { key: "seen" });
 * const names = browserState<string[]>([], { key: "names" });
 * ```
 */
export const browserState: DeclareBrowserState = Object.assign(
  <T>(initial: T, { key }: BrowserStateOptions): Field<T, T, "change"> => {
    const wrong = whyNotJson(initial);
    if (wrong) {
      throw new TypeError(`Cannot declare browser_state: its first value must be JSON, but ${wrong}`);
    }
    const copy = deepFreeze(structuredClone(initial)) as Json;
    return declare({ key, initial: copy }) as unknown as Field<T, T, "change">;
  },
  { component: declare.component },
);

function nameOf(key: string): string {
  return `browser_state ${key}`;
}
