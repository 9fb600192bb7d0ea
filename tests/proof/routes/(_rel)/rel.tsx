import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { Blocks, button, dropdown, Fault, image, json, number, on, state, textbox, update } from "atoll";

const begun = (tag: string) => note("begin", tag);
const ended = (tag: string) => note("end", tag);

/** Writes a line that survives the death of the process: the page cache belongs to the kernel. */
function note(word: string, tag: string): void {
  const path = Deno.env.get("PROOF_LOG");
  if (path) Deno.writeTextFileSync(path, `${word} ${tag}\n`, { append: true });
}

/** A demo whose handlers write down that they begin and end, for a client that holds the server to its promises. */
export const rel = () =>
  Blocks({
    title: "Rel",
    fields: {
      go: button("Go"),
      tag: textbox({ label: "Tag" }),
      ms: number({ label: "Milliseconds", value: 0 }),
      kind: dropdown({ label: "Kind", choices: ["a"], value: "a" }),
      photo: image({ label: "Photo" }),
      out: textbox({ label: "Out" }),
      seen: json({ label: "Seen" }),
      count: state(0),
      other: state(0),
      list: state<string[]>([]),
      bulk: state(""),
    },
    actions: ({ go, tag, ms, kind, photo, out, seen, count, other, list, bulk }) => {
      const counting = { inputs: { tag, ms, count }, outputs: { count, out } } as const;
      const wait = async (tag: string, ms: number | null) => {
        begun(tag);
        await setTimeout(ms ?? 0);
        ended(tag);
      };
      const chain = on(go.click, {
        inputs: { tag, ms, count },
        outputs: { count },
        async fn({ tag, ms, count }) {
          await wait(tag, ms);
          return { count: count + 1 };
        },
      });
      const chainOther = on(chain.success, {
        inputs: { ms, other },
        outputs: { other },
        async fn({ ms, other }) {
          await setTimeout(ms ?? 0);
          return { other: other + 1 };
        },
      });
      return {
        inc: on(go.click, {
          ...counting,
          fn({ tag, count }) {
            begun(tag);
            ended(tag);
            return { count: count + 1, out: `${count + 1}` };
          },
        }),
        incSlow: on(go.click, {
          ...counting,
          async fn({ tag, ms, count }) {
            await wait(tag, ms);
            return { count: count + 1, out: `${count + 1}` };
          },
        }),
        incAgain: on(go.click, {
          ...counting,
          retry: true,
          async fn({ tag, ms, count }) {
            await wait(tag, ms);
            return { count: count + 1, out: `${count + 1}` };
          },
        }),
        chain,
        chainOther,
        chainOut: on(chainOther.success, {
          inputs: { count, other },
          outputs: out,
          fn: ({ count, other }) => `${count} ${other}`,
        }),
        half: on(go.click, {
          inputs: { tag, list, count },
          outputs: { kind, list, count, out },
          fn({ tag, list, count }) {
            begun(tag);
            list.push(tag);
            ended(tag);
            // The last value is no text: nothing of this answer may count.
            const wrong = 5 as unknown as string;
            return {
              kind: update({ choices: ["x"], value: "x" }),
              list,
              count: count + 1,
              out: wrong,
            };
          },
        }),
        thrown: on(go.click, {
          inputs: { tag, list },
          outputs: { list },
          fn({ tag, list }) {
            begun(tag);
            list.push(tag);
            throw new Fault("refused", "Not that one");
          },
        }),
        big: on(go.click, {
          inputs: { tag, ms, bulk, count },
          outputs: { bulk, count, out },
          fn({ tag, ms, count }) {
            begun(tag);
            ended(tag);
            return { bulk: `${count + 1} `.padEnd(ms ?? 0, "x"), count: count + 1, out: `${count + 1}` };
          },
        }),
        grow: on(go.click, {
          inputs: { tag },
          outputs: { kind, out },
          fn({ tag }) {
            begun(tag);
            ended(tag);
            return { kind: update({ choices: ["a", tag] }), out: tag };
          },
        }),
        pick: on(go.click, { inputs: { kind }, outputs: out, fn: ({ kind }) => `${kind}` }),
        calc: on(go.click, {
          inputs: { tag },
          outputs: out,
          fn({ tag }) {
            begun(tag);
            ended(tag);
            return [...tag].reverse().join("");
          },
        }),
        stream: on(go.click, {
          inputs: { tag, ms },
          outputs: out,
          concurrencyLimit: null,
          async *fn({ tag, ms }) {
            begun(tag);
            let text = "";
            for (let at = 0; at < 40; at++) {
              yield text += `${at} `;
              await setTimeout(ms ?? 0);
            }
            ended(tag);
          },
        }),
        again: on(go.click, {
          inputs: { tag, ms },
          outputs: out,
          retry: true,
          concurrencyLimit: null,
          async *fn({ tag, ms }, { signal }) {
            begun(tag);
            for (let at = 0; at < 10; at++) {
              yield `${at}`;
              await setTimeout((ms ?? 0) / 10, undefined, { signal });
            }
            ended(tag);
          },
        }),
        once: on(go.click, {
          inputs: { tag, ms },
          outputs: out,
          concurrencyLimit: 1,
          concurrencyGroup: "once",
          async fn({ tag, ms }) {
            await wait(tag, ms);
            return tag;
          },
        }),
        lined: on(go.click, {
          inputs: { tag, ms },
          outputs: out,
          retry: true,
          concurrencyLimit: 1,
          concurrencyGroup: "lined",
          async fn({ tag, ms }) {
            await wait(tag, ms);
            return tag;
          },
        }),
        look: on(go.click, {
          inputs: { photo },
          outputs: out,
          fn: async ({ photo }) =>
            photo ? createHash("sha256").update(await photo.bytes()).digest("hex") : "none",
        }),
        read: on(go.click, {
          inputs: { count, other, list, bulk },
          outputs: seen,
          fn: ({ count, other, list, bulk }) => ({
            count,
            other,
            list: list.length,
            bulk: bulk.split(" ")[0],
          }),
        }),
      };
    },
  });
