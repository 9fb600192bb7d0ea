// deno-lint-ignore-file no-console -- what an author forgot is told where the author looks
import { type ComponentChildren, h, type VNode } from "preact";
import { type Demo, nameOf } from "@/lib/demo/blocks.tsx";
import { componentOf } from "@/lib/demo/component.ts";
import type { AnyField } from "@/lib/value/field.ts";
import { layOut } from "./layout.ts";

/** By the fields of a demo whose layout is known to be right: keys of those that it leaves out and that are there unseen. */
const checked = new WeakMap<object, readonly string[]>();

/** What draws the fields of a page, by key. */
type Slots = Readonly<Record<string, (props: Record<never, never>) => ComponentChildren>>;

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

  /**
   * Notes that a field is drawn.
   *
   * @throws {TypeError} for one that is drawn already, a container without children, and a field with some.
   */
  put(key: string, children: ComponentChildren): void {
    if (!this.#placed) return;
    if (this.#placed.has(key)) {
      throw new TypeError(
        `Cannot draw "${key}" twice in ${
          nameOf(this.#demo)
        }: its key is the id of its element. Declare a second field`,
      );
    }
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

  /** Draws the layout. @throws {TypeError} what no layout may have; see {@linkcode layOut}. */
  lay(layout: NonNullable<Demo["layout"]>, ui: Parameters<typeof layout>[0]): VNode {
    return this.#placed ? layOut(() => layout(ui), nameOf(this.#demo)) : layout(ui);
  }

  /**
   * Stands behind the layout, so that it is drawn when all that the layout draws has been. Draws what the layout leaves
   * out and nobody is to see anyway. Of all else that is left out it says so, once for each demo: nobody sees it, and
   * actions get its first value.
   */
  readonly Rest = ({ ui }: { readonly ui: Slots }): ComponentChildren => {
    const { fields } = this.#demo;
    if (this.#placed) checked.set(fields, this.#check(this.#placed));
    return checked.get(fields)?.map((key) => h(ui[key] as Slots[string], { key }));
  };

  #check(placed: ReadonlySet<string>): readonly string[] {
    const { fields } = this.#demo;
    const left = Object.keys(fields).filter((key) => !placed.has(key));
    const of = (key: string) => componentOf(fields[key] as AnyField);
    const missed = left.filter((key) => of(key).holds === "page" && !of(key).unseen);
    if (missed.length > 0) {
      const names = missed.map((key) => `"${key}"`).join(", ");
      console.warn(`The layout of ${nameOf(this.#demo)} leaves out ${names}: nobody will see it`);
    }
    return left.filter((key) => of(key).unseen);
  }
}
