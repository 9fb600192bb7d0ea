import { about, DONE, placed, RUNNING, STILL_RUNNING, STOPPED } from "@/lib/value/words.ts";
import type { Frame } from "@/lib/wire/frame.ts";
import type { Going } from "./run.ts";
import { isDrawn, say } from "./say.ts";
import type { Session } from "./session.ts";

/** Progress and places in a queue are said this often at most; a quarter of the way is said at once. */
const EACH_MS = 10_000;
/** How long the answer to what is being typed waits for the next letter. */
const QUIET_MS = 1000;
/** The longest text of an answer that is read, and the longest of all texts of one answer. */
const SHORT = 80;
const MOST = 160;

/** What was said of a run. */
interface Told {
  words: string;
  at: number;
  quarter: number;
  /** Whether it was said that it has begun. */
  begun: boolean;
  /** The fields that it has given something. */
  readonly gave: Set<string>;
}

const all = new WeakMap<Going, Told>();
/** What was said of the connection since the last frame. */
let outage = "";
/** By action: the answer that waits until nothing is typed any more. */
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/**
 * How much is said of a run. Of one that a person has begun on purpose: all. Of one that began while they typed: its answer,
 * once they pause. Of one that a timer or the page itself began: nothing but errors.
 */
export function mannerOf({ raised }: Pick<Going, "raised">): "all" | "answer" | "errors" {
  const event = raised.event?.when.replace(/^.*:/, "") ?? "";
  if (/^(?:tick|load|unload|focus|blur)$/.test(event)) return "errors";
  return /^(?:input|change|key_\w+)$/.test(event) ? "answer" : "all";
}

/** Says what a frame of a run says, as far as it is worth hearing: never the parts of a text that grows. */
export function announce(session: Session, going: Going, frame: Frame): void {
  if (!isDrawn()) return;
  const told = toldOf(going);
  const loud = mannerOf(going) === "all";
  outage = "";
  switch (frame.type) {
    case "queued": {
      const { position, etaMs } = frame;
      const place = position === 1 ? session.words.next : placed(position);
      const words = etaMs === undefined ? place : `${place}, ${about(etaMs)}`;
      const isNew = !told.words.startsWith(place);
      if (loud && isNew && (told.at === 0 || position === 1 || isDue(told))) tell(told, words);
      return;
    }
    case "started":
      clearTimeout(waiting.get(going.key));
      if (loud && !told.begun && !frame.cached && !onlyStops(going)) tell(told, RUNNING);
      told.begun = true;
      return;
    case "progress": {
      const share = frame.total === undefined ? frame.done : frame.done / frame.total;
      const quarter = Math.floor(share * 4);
      const words = [session.words.percent(share), frame.note].filter(Boolean).join(", ");
      if (!loud || share >= 1 || words === told.words) return;
      if (quarter > told.quarter || isDue(told)) tell(told, words);
      told.quarter = Math.max(told.quarter, quarter);
      return;
    }
    case "output":
      for (const id in frame.values) told.gave.add(id);
      return;
    case "done":
      if (frame.outcome === "cancelled") stopped(going);
      if (frame.outcome === "done") finish(session, going, told);
      return;
  }
}

/** Says that a run was stopped. */
export function stopped({ plan, raised }: Pick<Going, "plan"> & Partial<Pick<Going, "raised">>): void {
  if (raised && mannerOf({ raised }) === "all" && !onlyStops({ plan })) say(STOPPED);
}

/** Says that a press starts nothing, because what it starts is running. */
export function ignored(raised: Going["raised"]): void {
  if (mannerOf({ raised }) === "all") say(STILL_RUNNING);
}

/** Says words on the connection, once until the server is heard of again. */
export function tellOnce(words: string): void {
  if (words !== outage) say(outage = words);
}

function toldOf(going: Going): Told {
  let told = all.get(going);
  if (!told) all.set(going, told = { words: "", at: 0, quarter: 0, begun: false, gave: new Set() });
  return told;
}

function tell(told: Told, words: string): void {
  say(told.words = words);
  told.at = performance.now();
}

function isDue({ at }: Told): boolean {
  return performance.now() - at >= EACH_MS;
}

function onlyStops({ plan }: Pick<Going, "plan">): boolean {
  return plan.cancels.length > 0 && plan.gives.length === 0;
}

function finish(session: Session, going: Going, { gave }: Told): void {
  const manner = mannerOf(going);
  if (manner === "errors" || onlyStops(going)) return;
  // After the views are drawn: what is read is what is shown.
  const tellAnswer = () => {
    const words = answerOf(session, [...gave]);
    if (manner === "all" || words !== DONE) say(words);
  };
  clearTimeout(waiting.get(going.key));
  waiting.set(going.key, setTimeout(tellAnswer, manner === "all" ? 0 : QUIET_MS));
}

/** What is said of the fields that a run has filled: a short answer is read, of others their names. */
function answerOf(session: Session, ids: readonly string[]): string {
  const answers = ids.flatMap((id) => {
    const field = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(id)}"]`);
    if (!field || field.hidden || !session.page.fields[id] || field.querySelector(".at-btn")?.id === id) {
      return [];
    }
    return [{ name: nameOf(session, id), text: textOf(id, field) }];
  });
  const whole = answers.map(({ name, text }) => `${name}: ${text}`).join(", ");
  if (
    answers.length > 0 && whole.length <= MOST && answers.every(({ text }) => text && text.length <= SHORT)
  ) {
    return whole;
  }
  return [DONE, answers.map(({ name }) => name).join(", ")].filter(Boolean).join(": ");
}

/** The name of a field for people. */
export function nameOf(session: Session, id: string): string {
  return session.words.nameOf({ id, props: session.field(id).props.peek() });
}

/** What a field shows, as text; nothing for what is no text, and for passwords. */
function textOf(id: string, field: HTMLElement): string | undefined {
  const control = document.getElementById(id);
  if (control instanceof HTMLSelectElement) return control.selectedOptions[0]?.label;
  if (control instanceof HTMLTextAreaElement) return control.value;
  if (control instanceof HTMLInputElement) {
    return /^(?:checkbox|radio|file|password)$/.test(control.type) ? undefined : control.value;
  }
  return field.querySelector<HTMLElement>(".at-slot")?.innerText.replace(/\s+/g, " ").trim();
}
