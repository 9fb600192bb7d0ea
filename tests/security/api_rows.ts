import assert from "node:assert/strict";
import fc from "fast-check";
import type { Demo, Page } from "@/lib/demo/blocks.tsx";
import { componentOf } from "@/lib/demo/component.ts";
import type { AnyField } from "@/lib/value/field.ts";
import type { Json, JsonObject } from "@/lib/value/json.ts";
import type { Called, Torture } from "@/tests/torture/torture.ts";
import { forAll } from "./raw.ts";
import { routeList } from "./route_list.ts";
import asked from "./routes/asked.tsx";
import { fitting, wrongFor } from "./schema_values.ts";
import type { SecurityRow } from "./security_row.ts";

const page = "/asked";
const { demo } = asked;

/** Rows G: what programs may send to actions. */
export const apiRows: readonly SecurityRow[] = [
  {
    id: "G09",
    rule: "a value of a wrong type is refused with its field, for every input of every demo",
    run: unrun(async (torture, { root }) => {
      let tried = 0;
      for (const { at, demo } of await demosOf(root)) {
        const session = await torture.session();
        for (const [action, { inputs, allow }] of Object.entries(demo.actions)) {
          if (allow !== undefined || !demo.callable.has(action)) continue;
          await forAll(Object.entries(inputs.names), async ([name, key]) => {
            const field = demo.fields[key] as AnyField;
            if (componentOf(field).holds === "session" || isFixed(demo, key)) return;
            for (const value of wrongFor(componentOf(field).jsonSchema(field.props), refuses(field))) {
              const answer = await torture.start(action, { [name]: value } as JsonObject, {
                session,
                page: at,
              });
              const { error } = await answer.json();
              const where = `${at} ${action}.${name} = ${JSON.stringify(value)?.slice(0, 60)}`;
              assert.equal(answer.status, 422, where);
              assert.equal(error.field, key, where);
              tried++;
            }
          });
        }
      }
      assert.ok(tried > 300, `only ${tried} values were tried`);
    }),
  },
  {
    id: "G10",
    rule: "an input that there is not is refused; one that is left out is the author's",
    run: async (torture) => {
      const session = await torture.session();
      const status = async (input: Record<string, unknown>, action = "text") =>
        (await torture.call(action, input, { session, page })).status;
      for (const name of ["nope", "Text", "text ", "toString", "hasOwnProperty", "0", "", "out", "level"]) {
        assert.equal(await status({ text: "x", [name]: "x" }), 422, name);
      }
      assert.deepEqual((await torture.call("text", {}, { session, page })).values, { out: "" });
      assert.deepEqual((await torture.call("level", {}, { session, page })).values, { out: 0 });
      for (const input of [[], "x", 1, null, [["text", "x"]]]) {
        for (const sent of [{ input }, { input: {}, rest: input }]) {
          const answer = await torture.post({ action: "text", session, ...sent }, { page });
          await answer.body?.cancel();
          assert.equal(answer.status, 400, JSON.stringify(sent));
        }
      }
    },
  },
  {
    id: "G12",
    rule: "the longest text is counted in characters of Unicode, and one more is refused",
    run: async (torture) => {
      const session = await torture.session();
      const zalgo = `Z${"\u0335".repeat(999)}`;
      for (const text of ["x".repeat(1000), "\ud83d\ude00".repeat(1000), zalgo]) {
        assert.equal((await torture.call("text", { text }, { session, page })).values.out, text);
      }
      for (const text of ["x".repeat(1001), `${"\ud83d\ude00".repeat(1000)}x`, `${zalgo}\u0335`]) {
        assert.equal((await torture.call("text", { text }, { session, page })).status, 422);
      }
    },
  },
  refusedRow("G14", "a slider takes no number past its ends or between its steps", "level", [
    11,
    -1,
    10.0001,
    3.5,
    "5",
    null,
    [5],
    {},
    true,
  ]),
  refusedRow("G14/share", "a slider of tenths takes no hundredths", "share", [0.05, 0.15, 1.1, -0.1]),
  refusedRow("G14/choice", "a dropdown takes what is offered and nothing else", "choice", [
    "d",
    "A",
    "a ",
    "",
    0,
    null,
    ["a"],
    "toString",
    "__proto__",
  ]),
  refusedRow("G16", "a checkbox takes true and false and nothing else", "agreed", [
    "true",
    1,
    0,
    null,
    "",
    [],
    {},
  ]),
  refusedRow("G16/size", "a choice of numbers takes no text", "size", ["1", 3, 1.5, "Small", null, true]),
  refusedRow("G16/row", "a row of a table is one that there is", "row", [2, -1, 0.5, "0", true]),
  refusedRow("G17", "a number is within its limits", "amount", [-1, 100.1, "5", 1e300, true, [1]]),
  refusedRow("G17/whole", "a whole number has no fraction", "whole", [0.5, 101, -1, "1", 99.999]),
  refusedRow("G17/beat", "a timer's seconds are ones that a clock can keep", "beat", [
    0,
    -1,
    1e12,
    "1",
    null,
  ]),
  {
    id: "G14/kept",
    rule: "what fits is handed to the handler, once a call",
    run: async (torture) => {
      const session = await torture.session();
      const before = await calls(torture);
      const good = {
        level: 5,
        share: 0.3,
        choice: "b",
        size: 2,
        agreed: true,
        amount: 0,
        whole: 100,
        row: 1,
        beat: 60,
      };
      for (const [action, value] of Object.entries(good)) {
        const { values } = await torture.call(action, { [action]: value }, { session, page });
        assert.equal(values.out, value, action);
      }
      assert.equal(await calls(torture) - before, Object.keys(good).length);
    },
  },
  {
    id: "A12",
    rule: "an address or a path for a file is no file, wherever it is sent, and nobody is asked for it",
    run: unrun(async (torture, { places }) => {
      const session = await torture.session();
      const trap = "http://127.0.0.1:9/x";
      const addresses = [
        ...[
          "/etc/passwd",
          "../beside.txt",
          "file:///etc/passwd",
          "http://0/",
          "http://[::1]/",
          trap,
          "data:,x",
        ],
        ...[
          "http://169.254.169.254/latest",
          "http://localhost./",
          "gopher://127.0.0.1/",
          "jar:http://127.0.0.1!/",
        ],
        ...[
          "http://allowed@127.0.0.1/",
          "http://127.0.0.1\\@allowed/",
          "//127.0.0.1/",
          "http://127.0.0.1.nip.io/",
        ],
      ];
      const id = "A".repeat(24);
      for (const url of addresses) {
        const rest = { name: "x.png", size: 1, mime: "image/png" };
        for (
          const picture of [
            url,
            { path: url },
            { url },
            { path: url, meta: { _type: "gradio.FileData" } },
            { id: url, url, ...rest },
            { id, url, ...rest },
            { id, url, path: url, orig_name: "../x", ...rest },
          ]
        ) {
          const { status, code } = await torture.call("picture", { picture }, { session, page });
          assert.ok(status === 422 || code === "bad_input", `${JSON.stringify(picture)}: ${status} ${code}`);
        }
      }
      assert.ok(places.length > 0);
    }),
  },
  {
    id: "A13",
    rule: "JSON that looks like a file stays JSON",
    run: async (torture, { data }) => {
      const count = () => [...Deno.readDirSync(data)].length;
      const before = count();
      const session = await torture.session();
      const forged = {
        path: "/etc/passwd",
        url: "/etc/passwd",
        meta: { _type: "gradio.FileData" },
        is_file: true,
      };
      const { values } = await torture.call("data", { data: forged }, { session, page });
      assert.deepEqual(values.out, forged);
      assert.equal(count(), before);
    },
  },
  {
    id: "G13",
    rule: "any letters come back as they were sent",
    run: async (torture) => {
      const session = await torture.session();
      const text = fc.string({ unit: "binary", maxLength: 400 });
      await fc.assert(
        fc.asyncProperty(text, async (text) => {
          const { values } = await torture.call("text", { text }, { session, page });
          assert.equal(values.out, text);
        }),
        { numRuns: 150, seed: 13 },
      );
    },
  },
  {
    id: "G32",
    rule: "200 generated calls of each action are answered by its schema, and break nothing",
    run: async (torture) => {
      const session = await torture.session();
      for (const [action, { inputs }] of Object.entries(demo.actions)) {
        if (action === "staff") continue;
        const values = Object.entries(inputs.names).map(([name, key]) => {
          const field = demo.fields[key] as AnyField;
          const schema = componentOf(field).jsonSchema(field.props);
          return [
            name,
            fc.option(fc.oneof(fitting(schema), fc.jsonValue({ maxDepth: 3 })), { nil: undefined }),
          ] as const;
        });
        const input = fc.record(Object.fromEntries(values)) as fc.Arbitrary<Record<string, Json>>;
        await fc.assert(
          fc.asyncProperty(input, async (input) => {
            const called = await torture.call(action, input, { session, page });
            isAnswered(called, `${action} ${JSON.stringify(input)}`);
            torture.received.length = Math.min(torture.received.length, 500);
          }),
          { numRuns: 200, seed: 32 },
        );
      }
    },
  },
];

// What comes back is a refusal that is known, or values that fit their fields.
function isAnswered({ status, values, outcome, code }: Called, what: string): void {
  if (status !== 200) return assert.ok([400, 404, 413, 422].includes(status), `${what}: ${status} ${code}`);
  assert.ok(outcome === "done" || code === "bad_input", `${what}: ${outcome} ${code}`);
  for (const [key, value] of Object.entries(values)) {
    const field = demo.fields[key] as AnyField;
    assert.ok(
      componentOf(field).wire(field.props).safeParse(value).success,
      `${what}: ${JSON.stringify(value)}`,
    );
  }
}

function refusedRow(id: string, rule: string, action: string, values: readonly unknown[]): SecurityRow {
  return {
    id,
    rule,
    run: unrun(async (torture) => {
      const session = await torture.session();
      for (const value of values) {
        const answer = await torture.start(action, { [action]: value }, { session, page });
        const { error } = answer.status === 200 ? { error: {} } as never : await answer.json();
        await answer.body?.cancel().catch(() => {});
        assert.equal(answer.status, 422, JSON.stringify(value));
        assert.equal(error.field, action);
      }
    }),
  };
}

/** Does something, and sees that no handler was called. */
export function unrun(run: SecurityRow["run"]): SecurityRow["run"] {
  return async (torture, scene) => {
    const before = await calls(torture);
    await run(torture, scene);
    assert.equal(await calls(torture), before, "a handler was called");
  };
}

/** How often any handler was called. */
export async function calls(torture: Torture): Promise<number> {
  return (await (await torture.fetch("/calls")).json()).calls;
}

/** The demos of the project, and the one that is asked here; those that somebody must log in to are asked elsewhere. */
async function demosOf(root: URL): Promise<{ readonly at: string; readonly demo: Demo }[]> {
  const found: { at: string; demo: Demo }[] = [{ at: page, demo }];
  for (const { pattern, file } of await routeList(root)) {
    if (!/^\/demos\/(?!members)\w+$/.test(pattern)) continue;
    const { default: { demo } } = await import(`../../routes/${file}`) as { default: Page };
    found.push({ at: pattern, demo });
  }
  assert.ok(found.length > 15);
  return found;
}

function isFixed(demo: Demo, key: string): boolean {
  const { props } = demo.fields[key] as AnyField;
  return !demo.interactive.has(key) || props.visible === false ||
    !componentOf(demo.fields[key] as AnyField).input;
}

function refuses(field: AnyField): (value: Json) => boolean {
  return (value) => !componentOf(field).wire(field.props).safeParse(value).success;
}
