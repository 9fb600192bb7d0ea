import assert from "node:assert/strict";
import { mistakesIn } from "./type_check.ts";

const root = new URL("../../", import.meta.url).href;

Deno.test("mistakesIn() reads what deno check prints: message, reasons and place, without the machinery of types", () => {
  const printed =
    `TS2322 [ERROR]: Type 'number' is not assignable to type 'Result<string | Update<Changes<Field<string, "input" | "change", { lines?: number; ... 5 more ...; value?: string | undefined; } & CommonProps & object, Details<...>>>>>'.
export default Interface({ inputs: textbox(), outputs: textbox(), fn: (text) => text.length });
                                                                                ~~~~~~~~~~~
    at ${root}routes/demos/a.tsx:2:81

    The expected type comes from the return type of this signature.
      : (input: NoInfer<Taken<I>>, run: RunContext<E>) => Result<Given<O>>;
        ~~~~
        at ${root}lib/demo/action.ts:138:5

TS2322 [ERROR]: Type '{ greting: string; }' is not assignable to type 'Result<{ readonly greeting?: string | Update<Changes<Field<string, string, "input" | "copy", { lines?: number | undefined; ... 5 more ...; value?: string | undefined; } & CommonProps & object, De...'.
  Type 'a' has no properties in common with type 'b'.
    at ${root}routes/demos/(more)/b.tsx:7:3

TS2353 [ERROR]: Object literal may only specify known properties, but 'lable' does not exist in type '{ a?: string }'. Did you mean to write 'label'?
  lable: "x",
  ~~~~~
    at ${root}routes/demos/c.tsx:1:2

TS2322 [ERROR]: Type '({ word }: NoInfer<{ readonly word: string; }>) => { cuont: number; }' is not assignable to type '(input: NoInfer<{ word: string; }>, run: RunContext<never>) => Result<{ readonly count?: number }>'.
  Type '{ cuont: number; }' has no properties in common with type '{ readonly count?: number }'.
    fn: ({ word }) => {
    ~~
    at ${root}routes/demos/d.tsx:8:3

Found 4 errors.

error: Type checking failed.
`;
  assert.deepEqual(mistakesIn(printed, false), [
    { text: "Type 'number' is not assignable to type 'string | Update'.", at: "routes/demos/a.tsx:2:81" },
    {
      text: '"greting" is none of the outputs: did you mean "greeting"?\n' +
        "Type '{ greting: string; }' is not assignable to type '{ readonly greeting?: string | Update'.\n" +
        "  Type 'a' has no properties in common with type 'b'.",
      at: "routes/demos/(more)/b.tsx:7:3",
    },
    {
      text:
        "Object literal may only specify known properties, but 'lable' does not exist in type '{ a?: string }'. " +
        "Did you mean to write 'label'?",
      at: "routes/demos/c.tsx:1:2",
    },
    {
      text: '"cuont" is none of the outputs: did you mean "count"?\n' +
        "Type '{ cuont: number; }' has no properties in common with type '{ readonly count?: number }'.",
      at: "routes/demos/d.tsx:8:3",
    },
  ]);
});

Deno.test("mistakesIn() says what could not be read at all, and nothing where all is well", () => {
  assert.deepEqual(mistakesIn("", true), []);
  const printed =
    `error: Module not found "${root}routes/demos/nowhere.ts".\n    at ${root}routes/demos/d.tsx:1:8\n`;
  assert.deepEqual(mistakesIn(printed, false), [
    {
      text: 'Module not found "routes/demos/nowhere.ts".',
      at: "routes/demos/d.tsx:1:8",
    },
  ]);
});

Deno.test("mistakesIn() takes an end without success for a mistake, whatever was printed", () => {
  for (const printed of ["", "Deno has panicked. This is a bug in Deno.\n"]) {
    assert.deepEqual(mistakesIn(printed, false), [
      { text: `deno check ended without a result\n${printed}`.trim(), at: undefined },
    ]);
  }
});
