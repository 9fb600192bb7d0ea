import type { AnyField, Field, Fields, OutOf, Slot } from "@/lib/value/field.ts";
import { type Action, type ActionSpec, type AnyAction, type Handler, on, reset } from "@/lib/demo/action.ts";
import { Blocks, type FieldSlot, type Page, placeOf } from "@/lib/demo/blocks.tsx";
import { checkSlot } from "@/lib/demo/bound.ts";
import { type CodecContext, componentOf, explain } from "@/lib/demo/component.ts";
import { declaredIn } from "@/lib/demo/declared_in.ts";
import type { Json } from "@/lib/value/json.ts";
import { button, dataset } from "@/components/mod.ts";
import { Column, Row } from "@/components/layout/mod.ts";

/** Options for {@linkcode Interface}, including those of `on()`: checks, limits, batches, roles. */
export interface InterfaceSpec<I extends Slot, O extends Slot, B extends boolean = false>
  extends Omit<ActionSpec<I, O, B>, "inputs" | "outputs" | "fn" | "cancels" | "triggerMode"> {
  /** Name of the demo, over the page and in the gallery. */
  readonly title?: string;
  /** One or two sentences under the title. */
  readonly description?: string;
  /** The inputs: one field, or a record whose keys are the argument names of the handler. */
  readonly inputs: I;
  /** The outputs of the handler: one field, or a record. */
  readonly outputs: O;
  /** The function to show. */
  readonly fn: Handler<I, O, NoInfer<B>>;
  /** Inputs to try; a click puts one into the fields. A record may leave out keys. */
  readonly examples?: readonly NoInfer<Example<I>>[];
  /** Text of the button that runs it. Default `Submit`. */
  readonly submitLabel?: string;
}

/**
 * One example: the bare value for a single field, a record for several. A field for the bytes of a file also takes a
 * path, relative to the folder of the project.
 */
export type Example<I extends Slot> = I extends AnyField
  ? OutOf<I> | (Uint8Array extends OutOf<I> ? string : never)
  : { readonly [K in keyof I]?: OutOf<I[K]> | (Uint8Array extends OutOf<I[K]> ? string : never) };

/** The fields that an author gives an interface: a single one is called `input` or `output`. */
export type InterfaceFields<I extends Slot, O extends Slot> =
  & (I extends AnyField ? { readonly input: I } : Extract<I, Fields>)
  & (O extends AnyField ? { readonly output: O } : Extract<O, Fields>);

/** The actions of an interface. */
export interface InterfaceActions<I extends Slot, O extends Slot> {
  /** Clearing and examples, which are not part of the API. */
  readonly [key: string]: AnyAction;
  /** Calls the function. */
  readonly predict: Action<I, O>;
}

/**
 * The shortest demo: a function between inputs and outputs, with a submit button, a clear button, and examples. Its
 * action is `predict`.
 *
 * @example
 * ```ts
 * import { Interface, textbox } from "atoll";
 * export default Interface({ inputs: textbox(), outputs: textbox(), fn: (text) => text.toUpperCase() });
 * ```
 * @throws {TypeError} when there is no function, inputs and outputs share a key, or an example names no input.
 */
export function Interface<const I extends Slot, const O extends Slot, const B extends boolean = false>(
  spec: InterfaceSpec<I, O, B>,
): Page<InterfaceFields<I, O>, InterfaceActions<I, O>> {
  const { title, description, examples: given = [], submitLabel = "Submit", ...action } = spec;
  if (typeof spec.fn !== "function") {
    throw new TypeError(
      `Cannot make ${placeOf({ title, file: declaredIn() })} without fn: the function to show`,
    );
  }
  const at = placeOf({ title, file: declaredIn() });
  checkSlot(spec.inputs, at);
  checkSlot(spec.outputs, at);
  const inputs = named(spec.inputs, "input");
  const outputs = named(spec.outputs, "output");
  for (const key of Object.keys(inputs)) {
    if (key in outputs && inputs[key] !== outputs[key]) {
      throw new TypeError(
        `Cannot use "${key}" as an input and as an output: keys are ids, so give one another name`,
      );
    }
  }
  const samples = given.map((example, row) => sample(example, inputs, spec.inputs, row));
  const examples = samples.length === 0 ? undefined : dataset({
    label: "Examples",
    headers: Object.entries(inputs).map(([key, field]) => (field.props.label as string | undefined) ?? key),
    samples: samples.map(({ shown }) => Object.keys(inputs).map((key) => shown[key] ?? "")),
    summaries: samples.map(({ words }) => Object.keys(inputs).map((key) => words[key] ?? "")),
  });
  const own = {
    submit: button({ label: submitLabel, variant: "primary" }),
    clear: button({ label: "Clear", variant: "secondary" }),
    ...(examples ? { examples } : {}),
  };
  for (const key of Object.keys(own)) {
    if (key in inputs || key in outputs) {
      throw new TypeError(
        `Cannot call a field "${key}": Interface has one of that name. Give it another name`,
      );
    }
  }
  const fields: Fields = { ...inputs, ...outputs, ...own };
  const all = Object.keys({ ...inputs, ...outputs });

  const page = Blocks({
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    fields,
    actions: (): Readonly<Record<string, AnyAction>> => {
      const entered = Object.values(inputs).flatMap((field) =>
        "submit" in field ? [(field as Submitting).submit] : []
      );
      const predict: AnyAction = on([own.submit.click, ...entered], action as ActionSpec<Slot, Slot>);
      const clear: AnyAction = on(own.clear.click, {
        outputs: { ...inputs, ...outputs },
        fn: () => Object.fromEntries(all.map((key) => [key, reset()])),
        cancels: [predict],
        api: false,
      });
      if (!examples) return { predict, clear };
      const example: AnyAction = on(
        examples.click,
        {
          inputs: { examples },
          outputs: inputs,
          fn: ({ examples: row }: { examples: number | null }) => samples[row ?? -1]?.values ?? {},
          api: false,
        } as ActionSpec<Slot, Slot>,
      );
      return { predict, clear, example };
    },
    layout: (ui) => {
      const draw = (key: string) => {
        const Slot = ui[key] as FieldSlot;
        return <Slot key={key} />;
      };
      const onlyOut = Object.keys(outputs).filter((key) => !(key in inputs));
      return (
        <>
          <Row>
            <Column class="at-panel">
              {Object.keys(inputs).map(draw)}
              {/* Enter in a form without script presses its first button, so that is the one that runs. */}
              <div class="flex flex-wrap gap-2">
                {draw("submit")}
                {draw("clear")}
              </div>
            </Column>
            {onlyOut.length > 0 ? <Column class="at-panel">{onlyOut.map(draw)}</Column> : null}
          </Row>
          {examples ? draw("examples") : null}
        </>
      );
    },
  });
  return page as unknown as Page<InterfaceFields<I, O>, InterfaceActions<I, O>>;
}

type Submitting = Field<unknown, unknown, "submit">;

function named(slot: Slot, name: string): Fields {
  return "component" in slot && "initial" in slot ? { [name]: slot as AnyField } : slot as Fields;
}

/** An example: what is given to the inputs, and what a person sees and reads of it. */
interface Sample {
  readonly values: Readonly<Record<string, unknown>>;
  readonly shown: Readonly<Record<string, Json>>;
  readonly words: Readonly<Record<string, string>>;
}

/** Stands for an input that an example leaves as it is. */
const LEFT_OUT = "\u2013";

function sample(example: unknown, inputs: Fields, slot: Slot, row: number): Sample {
  const record = slot === inputs
    ? example as Record<string, unknown>
    : { [Object.keys(inputs)[0] as string]: example };
  for (const key of Object.keys(record)) {
    if (!inputs[key]) throw new TypeError(`Cannot use example ${row + 1}: there is no input "${key}"`);
  }
  const name = `Example ${row + 1}`;
  const values: Record<string, unknown> = {};
  const shown: Record<string, Json> = {};
  const words: Record<string, string> = {};
  for (const [at, [key, field]] of Object.entries(inputs).entries()) {
    const given = record[key];
    if (given === undefined) {
      shown[key] = words[key] = at === 0 ? name : LEFT_OUT;
      continue;
    }
    try {
      const read = componentOf(field).example?.(given);
      values[key] = read ? read.value : given;
      const summary = wordsOf(field, values[key]);
      words[key] = read && given !== null ? read.words || name : summary ?? name;
      shown[key] = read?.shown || words[key];
    } catch (cause) {
      const why = cause instanceof Error ? `: ${cause.message}` : "";
      throw new TypeError(`Cannot use example ${row + 1}: its "${key}" does not fit its field${why}`, {
        cause,
      });
    }
  }
  return { values, shown, words };
}

/** The text of an example for people; `undefined` if it needs a server. @throws where the value does not fit. */
function wordsOf(field: AnyField, value: unknown): string | undefined {
  const component = componentOf(field);
  const wire = component.encode ? component.encode(value, noServer, field.props) : value;
  if (wire instanceof Promise) {
    // Its bytes are kept once somebody chooses the example; what is wrong with it is said then.
    wire.catch(() => {});
    // A wire value, such as the reference of a file, has a name.
    const given = component.wire(field.props).safeParse(value);
    return given.success ? component.summary(given.data) : undefined;
  }
  const right = component.wire(field.props).safeParse(wire);
  if (!right.success) throw new TypeError(explain(right.error));
  return component.summary(right.data);
}

// Where demos are declared there is no server yet that could keep anything.
const later = () => new Promise<never>(() => {});
const noServer: CodecContext = {
  signal: new AbortController().signal,
  open: later,
  keep: later,
  seal: later,
  unseal: later,
};
