import fc from "fast-check";
import type { Json, JsonObject } from "@/lib/value/json.ts";

const SAMPLES: readonly Json[] = [null, true, 0, -7.25, "", "\0<b>", [], [1], {}, { a: null }];

/** Values of every type that a JSON Schema does not allow, and that the field refuses. */
export function wrongFor(schema: JsonObject, refuses: (value: Json) => boolean): readonly Json[] {
  const past: Json[] = [];
  for (const one of alternatives(schema)) {
    if (typeof one.maximum === "number") past.push(one.maximum + 1);
    if (typeof one.minimum === "number") past.push(one.minimum - 1);
    if (typeof one.maxLength === "number" && one.maxLength < 10_000) past.push("x".repeat(one.maxLength + 1));
  }
  const typed = SAMPLES.filter((value) => !alternatives(schema).some((one) => allows(one, value)));
  return [...typed, ...past].filter((value, at, all) => refuses(value) && all.indexOf(value) === at);
}

/** Values that a JSON Schema allows, or nearly: what the generator cannot say is what any value of its type may be. */
export function fitting(schema: JsonObject): fc.Arbitrary<Json> {
  const [one, ...others] = alternatives(schema).map(fittingOne);
  return one === undefined ? fc.jsonValue() as fc.Arbitrary<Json> : fc.oneof(one, ...others);
}

function fittingOne(schema: JsonObject): fc.Arbitrary<Json> {
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum as Json[]);
  if ("const" in schema) return fc.constant(schema.const as Json);
  const { minimum: min = -1e6, maximum: max = 1e6 } = schema as { minimum?: number; maximum?: number };
  switch (schema.type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({ min: Math.ceil(min), max: Math.floor(Math.max(min, max)) });
    case "number":
      return fc.oneof(
        fc.integer({ min: Math.ceil(min), max: Math.floor(max) }),
        fc.double({ min, max, noNaN: true }),
      );
    case "string":
      return fc.string({ unit: "grapheme", maxLength: Math.min(Number(schema.maxLength ?? 200), 200) });
    case "array":
      return fc.array(
        schema.items ? fitting(schema.items as JsonObject) : fc.jsonValue() as fc.Arbitrary<Json>,
        {
          maxLength: 4,
        },
      );
    case "object": {
      const properties = Object.entries(schema.properties as JsonObject ?? {});
      return fc.record(
        Object.fromEntries(properties.map(([key, of]) => [key, fitting(of as JsonObject)])),
      ) as fc.Arbitrary<Json>;
    }
    default:
      return fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
  }
}

function alternatives(schema: JsonObject): readonly JsonObject[] {
  const inner = schema.anyOf ?? schema.oneOf;
  return Array.isArray(inner) ? inner.flatMap((one) => alternatives(one as JsonObject)) : [schema];
}

// By type alone: whether a value of that type fits is for the schema's limits, which come on top.
function allows(schema: JsonObject, value: Json): boolean {
  if (Array.isArray(schema.enum)) return schema.enum.includes(value);
  if (schema.type === undefined) return true;
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return schema.type === type || schema.type === "integer" && type === "number";
}
