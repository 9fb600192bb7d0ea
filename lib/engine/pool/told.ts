import { Fault, type FaultCode, FAULTS } from "@/lib/value/fault.ts";

/** An error as it travels. */
export interface ToldError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Code and field of a `Fault`. */
  readonly code?: string | undefined;
  readonly field?: string | undefined;
}

const LONGEST_MESSAGE = 2000;
const LONGEST_STACK = 8000;

/** Describes whatever was thrown: nothing that it is made of can make this throw. */
export function tellError(thrown: unknown): ToldError {
  try {
    if (thrown instanceof Error) {
      const { name, message, stack, code, field } = thrown as Error & { code?: unknown; field?: unknown };
      const told = {
        name: cut(name, 100),
        message: cut(message, LONGEST_MESSAGE),
        stack: cut(stack, LONGEST_STACK),
      };
      if (name !== "Fault") return told;
      return { ...told, code: cut(code, 100), field: field === undefined ? undefined : cut(field, 100) };
    }
    const message = `Something that is no Error was thrown: ${cut(thrown, LONGEST_MESSAGE)}`;
    return { name: "Error", message, stack: message };
  } catch {
    const message = "Something was thrown that cannot be read";
    return { name: "Error", message, stack: message };
  }
}

/** Makes an error of its transferred form: a `Fault` of a `Fault`. The data may come from a hostile process. */
export function reviveError(told: ToldError): Error {
  const { name, message, stack, code, field } = told as unknown as Record<string, unknown>;
  const text = cut(message, LONGEST_MESSAGE);
  if (name === "Fault" && typeof code === "string" && Object.hasOwn(FAULTS, code)) {
    return new Fault(code as FaultCode, text, {
      field: typeof field === "string" ? cut(field, 100) : undefined,
    });
  }
  const error = new Error(text);
  error.name = cut(name, 100);
  error.stack = cut(stack, LONGEST_STACK) || text;
  return error;
}

function cut(value: unknown, length: number): string {
  const text = typeof value === "object" && value !== null && !(value instanceof Error)
    ? Object.prototype.toString.call(value)
    : String(value ?? "");
  return text.length > length ? `${text.slice(0, length)} ...` : text;
}
