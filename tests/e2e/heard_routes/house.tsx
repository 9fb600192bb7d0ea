import {
  accordion,
  Blocks,
  button,
  checkbox,
  Column,
  Fault,
  image,
  number,
  on,
  tab,
  tabs,
  textbox,
} from "atoll";

/** Lets a test end what runs, step by step. */
export class Gate {
  #open = Promise.withResolvers<void>();

  /** Resolves with the next {@linkcode Gate.next}. */
  get passed(): Promise<void> {
    return this.#open.promise;
  }

  /** Lets what waits go on. */
  next(): void {
    this.#open.resolve();
    this.#open = Promise.withResolvers();
  }
}

export const gate = new Gate();
/** Ends the turn of whoever is served. */
export const turns = new Gate();

export default Blocks({
  title: "House",
  fields: {
    quick: button("Quick"),
    slow: button({ label: "Slow", variant: "primary" }),
    stop: button({ label: "Stop", variant: "stop" }),
    chain: button("Chain"),
    fail: button("Fail"),
    several: button("Several"),
    refuse: button("Refuse"),
    refuseTab: button("Refuse tab"),
    refuseFold: button("Refuse fold"),
    refuseHidden: button("Refuse hidden"),
    toButton: button("To button"),
    toasts: button("Toasts"),
    typed: textbox({ label: "Typed" }),
    echo: textbox({ label: "Echo", interactive: false }),
    answer: textbox({ label: "Answer", interactive: false }),
    story: textbox({ label: "Story", lines: 4, interactive: false }),
    second: textbox({ label: "Second step", interactive: false }),
    good: checkbox({ label: "Good" }),
    name: textbox({ label: "Name" }),
    age: number({ label: "Age" }),
    old: number({ label: "Old" }),
    photo: image(),
    send: button("Send"),
    turn: button("Take a turn"),
    served: textbox({ label: "Served", interactive: false }),
    gone: textbox({ visible: false }),
    rooms: tabs({ label: "Rooms" }),
    hall: tab("Hall"),
    attic: tab("Attic"),
    fold: accordion({ label: "More", open: false }),
    inAttic: textbox({ label: "In the attic" }),
    inFold: textbox({ label: "In the fold" }),
  },
  actions: (
    {
      quick,
      slow,
      stop,
      chain,
      fail,
      several,
      refuse,
      refuseTab,
      refuseFold,
      refuseHidden,
      toButton,
      toasts,
      typed,
      echo,
      answer,
      story,
      second,
      good,
      name,
      age,
      old,
      photo,
      send,
      turn,
      served,
      gone,
      inAttic,
      inFold,
    },
  ) => {
    const slowly = on(slow.click, {
      outputs: story,
      async *fn(_, { progress, signal }) {
        let text = "";
        for (let i = 0; i < 8; i++) {
          progress(i, 8, `Line ${i + 1}`);
          yield text += `${i} of the lines that are too long to be read aloud by anybody. `;
          if (i === 4) await Promise.race([gate.passed, aborted(signal)]);
        }
      },
    });
    const sending = on(send.click, { inputs: photo, outputs: echo, fn: (photo) => photo?.name ?? "none" });
    const first = on(chain.click, {
      outputs: answer,
      async fn(_, { progress }) {
        progress(1, 2, "First half");
        await gate.passed;
        return "one";
      },
    });
    const refusing = (field: string, text: string) => () => {
      throw new Fault("refused", text, { field });
    };
    return {
      quickly: on(quick.click, { outputs: answer, fn: () => "42" }),
      slowly,
      sending,
      stopping: on(stop.click, { cancels: [slowly, sending] }),
      first,
      then: on(first.success, { outputs: second, fn: () => "two" }),
      failing: on(fail.click, {
        inputs: good,
        outputs: answer,
        fn: (good) => {
          if (good) return "fine";
          throw new Fault("refused", "Cannot divide by zero");
        },
      }),
      severally: on(several.click, {
        inputs: { name, age, old },
        outputs: answer,
        fn: () => {
          throw new Fault("bad_input", "No", {
            fields: { old: "Too old", age: "Too young", name: "Too long" },
          });
        },
      }),
      refusing: on(refuse.click, {
        inputs: { name, good },
        outputs: answer,
        fn: ({ good }) => {
          if (good) return "fine";
          throw new Fault("refused", "A name, please", { field: "name" });
        },
      }),
      inTab: on(refuseTab.click, { inputs: { inAttic }, fn: refusing("inAttic", "Too dusty") }),
      inFold: on(refuseFold.click, { inputs: { inFold }, fn: refusing("inFold", "Too narrow") }),
      hidden: on(refuseHidden.click, { inputs: { gone }, fn: refusing("gone", "It is needed") }),
      atButton: on(toButton.click, { outputs: good, fn: refusing("toButton", "Not now") }),
      telling: on(toasts.click, {
        fn(_, { log }) {
          log.info("The first");
          log.success("The second", { title: "Done" });
          log.warning("The third");
          log.info("The fourth");
        },
      }),
      turns: on(turn.click, {
        outputs: served,
        concurrencyLimit: 1,
        async fn() {
          await turns.passed;
          return "Here you are";
        },
      }),
      echoing: on(typed.change, { inputs: typed, outputs: echo, fn: (text) => text }),
    };
  },
  layout: (ui) => (
    <Column>
      <ui.quick />
      <ui.slow />
      <ui.stop />
      <ui.chain />
      <ui.fail />
      <ui.several />
      <ui.refuse />
      <ui.refuseTab />
      <ui.refuseFold />
      <ui.refuseHidden />
      <ui.toButton />
      <ui.toasts />
      <ui.typed />
      <ui.echo />
      <ui.answer />
      <ui.story />
      <ui.second />
      <ui.good />
      <ui.name />
      <ui.age />
      <ui.old />
      <ui.photo />
      <ui.send />
      <ui.turn />
      <ui.served />
      <ui.gone />
      <ui.rooms>
        <ui.hall>The hall</ui.hall>
        <ui.attic>
          <ui.inAttic />
        </ui.attic>
      </ui.rooms>
      <ui.fold>
        <ui.inFold />
      </ui.fold>
    </Column>
  ),
});

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
