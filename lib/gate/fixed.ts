import type { Demo } from "@/lib/demo/blocks.tsx";
import { componentOf } from "@/lib/demo/component.ts";
import type { AnyField } from "@/lib/value/field.ts";
import type { Json, JsonObject } from "@/lib/value/json.ts";

const known = new WeakMap<Demo, ReadonlySet<string>>();

/**
 * The fields of a demo whose values are their author's alone: nobody can change them on the page, and no action writes
 * them. What a client sends for one is not looked at. Fields that actions write are not among them: what they hold is
 * the page's to send back, and checked as any input is; what clients must not choose belongs into a `state()`.
 */
export function fixedFields(demo: Demo): ReadonlySet<string> {
  let fixed = known.get(demo);
  if (!fixed) known.set(demo, fixed = new Set(Object.keys(demo.fields).filter((key) => isFixed(demo, key))));
  return fixed;
}

/** Takes what a client has no say in out of what it sent. `names` are the fields of its keys; left out, they are the same. */
export function leaveOutFixed(
  demo: Demo,
  sent: JsonObject,
  names?: Readonly<Record<string, string>>,
): void {
  const fixed = fixedFields(demo);
  if (fixed.size === 0) return;
  for (const name of Object.keys(sent)) {
    if (fixed.has(names === undefined ? name : names[name] as string)) {
      delete (sent as Record<string, Json>)[name];
    }
  }
}

function isFixed(demo: Demo, key: string): boolean {
  const field = demo.fields[key] as AnyField;
  const component = componentOf(field);
  if (component.holds === "session" || component.alive(field.props)) return false;
  const isWritten = Object.values(demo.actions).some(({ outputs }) =>
    Object.values(outputs.names).includes(key)
  );
  if (isWritten) return false;
  return !component.input || field.props.interactive === false || field.props.visible === false;
}
