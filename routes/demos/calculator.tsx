import { dropdown, Fault, Interface, number } from "atoll";

const operations = {
  add: (a: number, b: number) => a + b,
  subtract: (a: number, b: number) => a - b,
  multiply: (a: number, b: number) => a * b,
  divide: (a: number, b: number) => {
    if (b === 0) throw new Fault("refused", "Cannot divide by zero", { field: "b" });
    return a / b;
  },
};

export default Interface({
  title: "Calculator",
  description: "Four operations on two numbers. Dividing by zero is refused, at the field that is at fault.",
  inputs: {
    a: number({ label: "First number", value: 6 }),
    operation: dropdown({
      label: "Operation",
      choices: ["add", "subtract", "multiply", "divide"] as const,
      value: "divide",
    }),
    b: number({ label: "Second number", value: 3 }),
  },
  outputs: { result: number({ label: "Result" }) },
  fn: ({ a, operation, b }) => {
    if (a === null) throw new Fault("bad_input", "Give a number", { field: "a" });
    if (b === null) throw new Fault("bad_input", "Give a number", { field: "b" });
    return { result: operations[operation](a, b) };
  },
  examples: [{ a: 5, operation: "add", b: 3 }, { a: 4, operation: "divide", b: 0 }],
});
