import type { AnyField, Fields } from "@/lib/value/field.ts";
import type { ActionPlan } from "@/lib/value/page.ts";
import type { AnyAction } from "./action.ts";
import type { BoundAction } from "./bound.ts";
import { componentOf } from "./component.ts";

/** The parts of a plan, besides its action. */
export interface PlanParts {
  /** The events that start it. */
  readonly when: readonly string[];
  /** The fields of its demo. */
  readonly fields: Fields;
  /** All actions of its demo. */
  readonly actions: Readonly<Record<string, BoundAction>>;
  /** Their keys, by what the author declared. */
  readonly actionKeys: ReadonlyMap<object, string>;
  /** By field that lives on the server: keys of the actions that its change starts. */
  readonly changes: Readonly<Record<string, readonly string[]>>;
}

/** The plan of an action that an event of the page starts, for the browser. */
export function planOf(
  own: BoundAction,
  action: AnyAction,
  { when, fields, actions, actionKeys, changes }: PlanParts,
): ActionPlan {
  const rest = new Set<string>();
  const gives = new Set<string>();
  const steps: Record<string, string[]> = {};
  const seen = new Set<string>();
  const held = (key: string) => {
    const field = fields[key];
    return field !== undefined && componentOf(field).holds === "page";
  };
  const visit = (one: BoundAction) => {
    if (seen.has(one.key)) return;
    seen.add(one.key);
    const writes: string[] = steps[one.key] = [];
    for (const field of Object.values(one.outputs.names)) {
      if (held(field) && !componentOf(fields[field] as AnyField).contains) {
        gives.add(field);
        writes.push(field);
      }
      for (const key of changes[field] ?? []) visit(actions[key] as BoundAction);
    }
    if (one !== own) {
      for (const field of Object.values(one.inputs.names)) {
        if (held(field)) rest.add(field);
      }
    }
    for (const key of [...one.then.success, ...one.then.failure]) visit(actions[key] as BoundAction);
  };
  visit(own);
  const takes = Object.entries(own.inputs.names).filter(([, field]) => held(field));
  for (const [, field] of takes) rest.delete(field);
  const onlyChanges = when.every((name) => name.endsWith(":change") || name.endsWith(":key_up"));
  return {
    when,
    takes: Object.fromEntries(takes),
    rest: [...rest],
    gives: [...gives],
    ...(seen.size > 1 ? { steps } : {}),
    mode: action.spec.triggerMode ?? (onlyChanges ? "alwaysLast" : "once"),
    cancels: (action.spec.cancels ?? []).flatMap((other) => actionKeys.get(other) ?? []),
  };
}

/** Whether a field starts nothing but actions that stop others, as a Stop button does. */
export function onlyStops(
  field: string,
  plans: Readonly<Record<string, ActionPlan>>,
  actions: Readonly<Record<string, AnyAction>>,
): boolean {
  const own = Object.keys(plans).filter((key) =>
    plans[key]?.when.some((name) => name.startsWith(`${field}:`))
  );
  return own.length > 0 &&
    own.every((key) => plans[key]?.cancels.length !== 0 && actions[key]?.spec.fn === undefined);
}
