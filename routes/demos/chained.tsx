import { setTimeout as pause } from "node:timers/promises";
import { Blocks, button, checkbox, Column, Fault, on, Row, textbox } from "atoll";

const names = {
  hull: "mending the hull",
  mast: "stepping the mast",
  sails: "bending on the sails",
  water: "taking in water",
  lines: "casting off",
};
const stepKeys = ["hull", "mast", "sails", "water", "lines"] as const;

export default Blocks({
  title: "Chained",
  description:
    "Five steps, each begun by the success of the one before. When one fails, the rest is left undone " +
    "and the branch for failures tells about it.",
  fields: {
    torn: checkbox({ label: "The sails are torn" }),
    go: button({ label: "Make the boat ready", variant: "primary" }),
    verdict: textbox({ label: "What came of it", lines: 2, info: "Written after success, or after failure" }),
    locker: textbox({ label: "Sail locker", info: "Written when the third step is done, well or not" }),
    hull: textbox({ label: "1 · Hull", interactive: false }),
    mast: textbox({ label: "2 · Mast", interactive: false }),
    sails: textbox({ label: "3 · Sails", interactive: false }),
    water: textbox({ label: "4 · Water", interactive: false }),
    lines: textbox({ label: "5 · Lines", interactive: false }),
  },
  actions: ({ torn, go, verdict, locker, hull, mast, sails, water, lines }) => {
    const mendHull = on(go.click, {
      outputs: { hull, mast, sails, water, lines, verdict, locker },
      async *fn(_, { signal }) {
        yield { hull: "", mast: "", sails: "", water: "", lines: "", verdict: "", locker: "" };
        yield { hull: await work("Tight", signal) };
      },
    });
    const stepMast = on(mendHull.success, {
      outputs: mast,
      fn: (_, { signal }) => work("Stands", signal),
    });
    const bendSails = on(stepMast.success, {
      inputs: { torn },
      outputs: sails,
      async fn({ torn }, { signal }) {
        const done = await work("Bent on", signal);
        if (torn) throw new Fault("refused", "The sails are torn", { field: "sails" });
        return done;
      },
    });
    const takeWater = on(bendSails.success, {
      outputs: water,
      fn: (_, { signal }) => work("Forty litres", signal),
    });
    const castOff = on(takeWater.success, {
      outputs: lines,
      fn: (_, { signal }) => work("Let go", signal),
    });
    const praise = on(castOff.success, {
      outputs: verdict,
      fn: () => "All five steps are done: the boat is at sea",
    });
    const excuse = on(
      [mendHull.failure, stepMast.failure, bendSails.failure, takeWater.failure, castOff.failure],
      {
        inputs: { hull, mast, sails, water, lines },
        outputs: verdict,
        fn: (steps) => {
          const failed = stepKeys.findIndex((key) => steps[key] === "");
          const name = names[stepKeys[failed] ?? "hull"];
          const undone = stepKeys.length - failed - 1;
          return `Step ${
            failed + 1
          }, ${name}, failed: the boat stays ashore, and ${undone} steps are left undone`;
        },
      },
    );
    const shutLocker = on(bendSails.done, { outputs: locker, fn: () => "Shut again" });
    return { mendHull, stepMast, bendSails, takeWater, castOff, praise, excuse, shutLocker };
  },
  layout: (ui) => (
    <Row>
      <Column>
        <ui.torn />
        <ui.go />
        <ui.verdict />
        <ui.locker />
      </Column>
      <Column>
        <ui.hull />
        <ui.mast />
        <ui.sails />
        <ui.water />
        <ui.lines />
      </Column>
    </Row>
  ),
});

async function work(result: string, signal: AbortSignal): Promise<string> {
  await pause(400, undefined, { signal });
  return result;
}
