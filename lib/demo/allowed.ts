import { isAllowed, type Person } from "@/lib/value/user.ts";
import { componentOf } from "./component.ts";
import { bind, type Demo, type Origin, origins } from "./blocks.tsx";
import type { BoundAction } from "./bound.ts";

const partial = new WeakMap<Demo, Map<string, Demo>>();

/**
 * The demo for a user who may not run all of it: without the forbidden actions, and without the fields that only
 * those use. It is the demo itself where nothing is left out. So a forbidden action and an unknown action have the
 * same answer.
 */
export function demoFor(demo: Demo, user: Person | undefined): Demo {
  let kept: string[] | undefined;
  for (const key in demo.actions) {
    if (isAllowed(user, demo.actions[key]?.allow)) continue;
    kept ??= Object.keys(demo.actions);
    kept.splice(kept.indexOf(key), 1);
  }
  const origin = kept && origins.get(demo);
  if (!kept || !origin) return demo;
  let known = partial.get(demo);
  if (!known) partial.set(demo, known = new Map());
  // Keys of actions have no commas, so no two lists are joined to one text.
  const name = kept.join();
  let less = known.get(name);
  if (!less) known.set(name, less = without(demo, origin, new Set(kept)));
  return less;
}

function without(demo: Demo, { spec, actions }: Origin, kept: ReadonlySet<string>): Demo {
  const usedBy = (keys: Iterable<string>) => {
    const used = new Set<unknown>();
    for (const key of keys) {
      for (const { source } of actions[key]?.when ?? []) used.add(source);
      const { inputs, outputs } = demo.actions[key] as BoundAction;
      for (const name of [...Object.values(inputs.names), ...Object.values(outputs.names)]) {
        used.add(demo.fields[name]);
      }
    }
    return used;
  };
  const [all, left] = [usedBy(Object.keys(actions)), usedBy(kept)];
  const fields = Object.fromEntries(
    // The content of a container may be visible to users who may not change the container.
    Object.entries(spec.fields).filter(([, field]) =>
      left.has(field) || !all.has(field) || componentOf(field).contains
    ),
  );
  const { layout } = spec;
  // The author's layout places all fields; those that are not there draw nothing.
  const nothing = Object.fromEntries(Object.keys(spec.fields).map((key) => [key, () => null]));
  return bind(
    { ...spec, fields, layout: layout && ((ui) => layout({ ...nothing, ...ui })) },
    Object.fromEntries(Object.entries(actions).filter(([key]) => kept.has(key))),
    new Set(Object.entries(actions).flatMap(([key, action]) => kept.has(key) ? [] : [action])),
  );
}
