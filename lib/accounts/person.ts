import { hasControls } from "@/lib/value/controls.ts";
import type { Person } from "@/lib/value/user.ts";

const LONGEST_NAME = 255;
const LONGEST_ROLE = 100;
const MOST_ROLES = 1000;

/**
 * Somebody as an author's function has given them; `undefined` for nobody, which it says by `undefined`, `null` or
 * `false`. Everything else must be a person: what only looks like one would get in as somebody.
 *
 * @throws {TypeError} when it is neither. The message says what was given, but no values, which may be secrets.
 */
export function personOf(given: unknown, where: string): Person | undefined {
  if (given === undefined || given === null || given === false) return undefined;
  const wrong = (found: string) =>
    new TypeError(
      `${where} gave ${found}. It gives { name, roles }, with a name of 1 to ${LONGEST_NAME} letters and an array of ` +
        `texts, or undefined for nobody`,
    );
  if (typeof given !== "object" || Array.isArray(given)) throw wrong(kindOf(given));
  // Read once: what is checked is what is used.
  const { name, roles } = given as Partial<Record<keyof Person, unknown>>;
  if (typeof name !== "string") throw wrong(`a name that is ${kindOf(name)}`);
  if (name === "" || name.length > LONGEST_NAME) throw wrong(`a name of ${name.length} letters`);
  if (!name.isWellFormed() || hasControls(name)) throw wrong("a name with control characters");
  if (!Array.isArray(roles)) throw wrong(`roles that are ${kindOf(roles)}`);
  const { length } = roles;
  if (length > MOST_ROLES) throw wrong(`${length} roles`);
  // A copy without holes, by index: an iterator of the array may give more than its length.
  const own = Array.from({ length }, (_, at): unknown => roles[at]);
  for (const role of own) {
    if (typeof role !== "string" || role === "" || role.length > LONGEST_ROLE) {
      throw wrong(`a role that is ${kindOf(role)}`);
    }
    if (!role.isWellFormed() || hasControls(role)) throw wrong("a role with control characters");
  }
  return { name, roles: own as string[] };
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return value === "" ? "an empty text" : `a text of ${value.length} letters`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
