import { z } from "zod";
import type { ComponentType } from "preact";
import type { ContainerField } from "@/lib/value/field.ts";
import type { DoorProps, ViewProps } from "@/lib/value/page.ts";
import {
  type Component,
  type Details,
  type EventSpecs,
  explain,
  field,
  type FormEntries,
} from "./component.ts";

/** The declaration of a container. Authors write the props `A`; `P` are the props after validation. */
export interface ContainerSpec<A, P, E extends EventSpecs> {
  /** Name in the registry and in stored data; never changes. */
  readonly kind: string;
  /** An object schema of the author's props. `visible` is added to every container. */
  readonly props: z.ZodType<P, A>;
  /** Events with Gradio's names: `null` for an event without data, otherwise the schema of its data. */
  readonly events: E;
  /** Draws it around its children. */
  readonly view: ComponentType<ViewProps<NoInfer<P>, null>>;
  /** The view behind its door. */
  readonly island: ComponentType<DoorProps>;
  /** Whether the view lives by itself even if no action needs it. */
  readonly alive?: (props: NoInfer<P>) => boolean;
  /** Reads from a form without script which props the person changed. Default: none. */
  readonly moved?: (entries: FormEntries) => Partial<NoInfer<P>> | undefined;
}

/** Props that every container has besides its own. */
export interface ContainerCommon {
  /**
   * `false` and `"hidden"` hide it with its content. It stays in the document, so text that was typed in it is
   * still there when it is shown again.
   */
  readonly visible?: boolean | "hidden" | undefined;
}

/** The props that an author may write: those of the container and of every container. */
export type ContainerInput<A> = string extends keyof A ? ContainerCommon : A & ContainerCommon;

/** A function that declares a field of one container. */
export interface DeclareContainer<P, E extends string, D = Record<never, never>> {
  /**
   * Declares a container. @throws {TypeError} when a prop is wrong; the message names it and says what would be right.
   */
  (...props: Record<never, never> extends P ? [props?: P] : [props: P]): ContainerField<E, P & object, D>;
  /** The component behind it. */
  readonly component: Component;
}

/**
 * Declares a container: a field that is placed in the layout with children, and that handlers change by `update()`.
 *
 * @example
 * ```ts ignore
 * export const card = container({
 *   kind: "card",
 *   props: z.object({ tone: z.enum(["plain", "warm"]).optional() }),
 *   events: {},
 *   view: CardView,
 *   island: Card,
 * });
 * ```
 */
export function container<A, P, const E extends EventSpecs>(
  spec: ContainerSpec<A, P, E>,
): DeclareContainer<ContainerInput<A>, keyof E & string, Details<E>> {
  if (!(spec.props instanceof z.ZodObject)) {
    throw new TypeError(`Cannot declare container "${spec.kind}": props must be a z.object()`);
  }
  const schema = spec.props.extend({ visible }).strict();
  const shared = {
    kind: spec.kind,
    spec: schema,
    wire: () => nothing,
    taken: () => nothing,
    events: spec.events,
    view: spec.view,
    island: spec.island,
    holds: "page",
    anew: false,
    input: false,
    contains: true,
    unseen: false,
    moved: spec.moved,
    alive: spec.alive ?? (() => false),
    decode: undefined,
    encode: undefined,
    form: () => undefined,
    summary: () => "",
    migrate: () => null,
    jsonSchema: () => ({ type: "null" }),
  } as unknown as Component;
  type Made = ContainerField<keyof E & string, ContainerInput<A> & object, Details<E>>;
  const declare = (given?: ContainerInput<A>): Made => {
    const parsed = schema.safeParse(given ?? {});
    if (!parsed.success) {
      throw new TypeError(`Cannot declare ${spec.kind}: ${explain(parsed.error, Object.keys(schema.shape))}`);
    }
    return field(shared, parsed.data, null) as Made;
  };
  return Object.assign(declare, { component: shared }) as DeclareContainer<
    ContainerInput<A>,
    keyof E & string,
    Details<E>
  >;
}

const visible = z.union([z.boolean(), z.literal("hidden")]).optional();
const nothing = z.custom<null>(
  (value) => value === null,
  "is a container, which has no value: give it update() with what is to change",
);
