import { Accordion, Blocks, button, Fault, on, Tab, Tabs } from "atoll";
import type { AnyField, ContainerSlot, Fields, Page } from "atoll";
import type { VNode } from "preact";
import { type Hostile, type Sink, sinks } from "./sinks.ts";

/** A page with hostile text in every field, and what of it has to be seen. */
export interface CanaryPage {
  readonly page: Page;
  readonly sinks: Readonly<Record<string, Sink>>;
  readonly text: Hostile;
}

const waiting = new Map<string, () => void>();

/** Makes the page of some payloads. */
export function canaryPage(payloads: readonly string[]): CanaryPage {
  const together = payloads.join(" ");
  const text: Hostile = (place) => `${place} ${together}`;
  const all: Record<string, Sink> = Object.assign(
    {},
    ...Object.values(sinks).map((make) => make(text, payloads)),
  );
  const held: Record<string, AnyField> = {};
  for (const [key, { field }] of Object.entries(all)) held[key] = field;
  const own = { go: button("Go"), more: button("More"), refuse: button("Refuse"), fail: button("Fail") };
  const given = () => Object.fromEntries(Object.entries(all).map(([key, { give }]) => [key, give]));
  const page = Blocks({
    title: text("title"),
    description: text("description"),
    fields: { ...held, ...own } as Fields,
    actions: () => ({
      go: on(own.go.click, {
        outputs: held,
        async *fn(_, { progress, log, session }) {
          for (const say of [log.info, log.success, log.warning]) {
            say(text("message"), { title: text("message title"), seconds: 0 });
          }
          progress(1, 2, text("note"));
          await new Promise<void>((resolve) => waiting.set(session, resolve));
          yield given();
        },
      }),
      more: on(own.more.click, { fn: (_, { session }) => waiting.get(session)?.() }),
      refuse: on(own.refuse.click, {
        inputs: { one: held.textbox as AnyField, many: held.textbox_lines as AnyField },
        fn: (_, { log }) => {
          log.warning(text("notice"));
          throw new Fault("refused", text("refusal"), { field: "textbox" });
        },
      }),
      fail: on(own.fail.click, {
        fn: () => {
          throw new Fault("refused", text("failure"));
        },
      }),
    }),
    layout: (ui) => {
      const draw = (key: string): VNode => {
        const Slot = ui[key] as ContainerSlot;
        const { holds } = all[key] ?? {};
        return <Slot key={key}>{holds && [<p key="">Held</p>, ...holds.map(draw)]}</Slot>;
      };
      const inside = new Set(Object.values(all).flatMap(({ holds = [] }) => holds));
      const [first = "", second = "", ...rest] = Object.keys(held).filter((key) => !inside.has(key));
      return (
        <>
          {Object.keys(own).map(draw)}
          <Tabs>
            <Tab label={text("tab")}>{draw(first)}</Tab>
            <Tab label={text("other tab")}>{draw(second)}</Tab>
          </Tabs>
          <Accordion label={text("accordion")}>{rest.map(draw)}</Accordion>
        </>
      );
    },
  });
  return { page: page as unknown as Page, sinks: all, text };
}
