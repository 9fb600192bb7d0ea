// deno-lint-ignore-file no-console -- what an author forgot is told where the author looks
import type { ComponentChildren } from "preact";
import { type Demo, nameOf } from "@/lib/demo/blocks.tsx";
import { componentOf } from "@/lib/demo/component.ts";
import type { AnyField } from "@/lib/value/field.ts";

const checked = new WeakSet<object>();

/** Where the layout of a demo has put its fields, and what it made of containers. */
export class Placement {
  readonly #demo: Demo;
  /** Keys that were drawn; `undefined` once the demo's layout is known to be right. */
  readonly #placed: Set<string> | undefined;

  /** For one drawing of a demo. */
  constructor(demo: Demo) {
    this.#demo = demo;
    this.#placed = checked.has(demo.fields) ? undefined : new Set();
  }

  /** Notes that a field is drawn. @throws {TypeError} for a container without children, and a field with some. */
  put(key: string, children: ComponentChildren): void {
    if (!this.#placed) return;
    this.#placed.add(key);
    const { contains } = componentOf(this.#demo.fields[key] as AnyField);
    if (contains === (children !== undefined)) return;
    throw new TypeError(
      contains
        ? `Cannot draw the container "${key}" of ${
          nameOf(this.#demo)
        } without children: <ui.${key}>...</ui.${key}>`
        : `Cannot put children into "${key}" of ${nameOf(this.#demo)}: it is no container`,
    );
  }

  /**
   * Stands behind the layout, so that it is drawn when all that the layout draws has been. Says once for each demo
   * which fields the layout leaves out: nobody sees them, and actions get their first values.
   */
  readonly Check = (): null => {
    if (!this.#placed) return null;
    const { fields } = this.#demo;
    checked.add(fields);
    const left = Object.keys(fields).filter((key) =>
      !this.#placed?.has(key) && componentOf(fields[key] as AnyField).holds === "page"
    );
    if (left.length > 0) {
      const names = left.map((key) => `"${key}"`).join(", ");
      console.warn(`The layout of ${nameOf(this.#demo)} leaves out ${names}: nobody will see it`);
    }
    return null;
  };
}
