import { computed, signal } from "@preact/signals";
import { type ComponentType, h, hydrate, render } from "preact";
import { parse } from "../../jsonify/parse.ts";
import { PLAIN } from "../../plain.ts";
import { alignAttributes } from "./attributes.ts";
import type { Islands, PropsList } from "./slots.ts";

/** An island that is not alive yet: its two markers, and whether something in it is a slot. */
interface Pending {
  readonly start: Comment;
  end: Comment;
  hasSlots: boolean;
  isAlive?: boolean;
}

// Longer pieces of work make typing and scrolling stutter; below a frame's 16 ms there is time left for painting
const SLICE_MS = 12;
const TOUCHES = ["pointerdown", "focusin", "click", "keydown", "submit"];

type Slots = typeof import("./slots.ts");

/** Revives the islands of the page. Called once, by the script at the end of the page. */
export function boot(islands: Islands, json: string): void {
  // Few pages hand JSX of the server to an island, so what that takes is not sent to all
  if (json.includes('["Slot",')) import("./slots.ts").then((slots) => begin(islands, json, slots));
  else begin(islands, json);
}

function begin(islands: Islands, json: string, slots?: Slots): void {
  const props = parse<PropsList>(json, {
    Signal: signal,
    Computed: (value: unknown) => computed(() => value),
    Slot: (slot: { id: number; name: string }) => slots && h(slots.Slot, slot),
  });
  slots?.setPage({ h, data }, islands, props);
  const pending = findIslands();
  const start = (island: Pending) => {
    if (island.isAlive) return;
    island.isAlive = true;
    revive(island, islands, props, slots);
  };
  if (PLAIN) {
    for (const island of pending) setTimeout(start, 0, island);
    return;
  }
  const channel = new MessageChannel();
  let next = 0;
  const work = () => {
    const end = performance.now() + SLICE_MS;
    while (next < pending.length) {
      start(pending[next++]);
      if (performance.now() > end) return channel.port2.postMessage(0);
    }
    channel.port1.close();
    for (const type of TOUCHES) removeEventListener(type, touch, true);
  };
  // What the visitor touches comes first, in time to get the event itself
  const touch = ({ target }: Event) => {
    const found = pending.find((island) => !island.isAlive && isWithin(island, target as Node));
    if (found) start(found);
  };
  channel.port1.onmessage = work;
  for (const type of TOUCHES) addEventListener(type, touch, true);
  work();
}

/** Whether `node` is a comment that starts with `prefix`. */
function data(node: Node, prefix: string): boolean {
  return node.nodeType === 8 && (node as Comment).data.startsWith(prefix);
}

/** The islands that are not within another one. */
function findIslands(): Pending[] {
  const found: Pending[] = [];
  const walker = document.createTreeWalker(document.body, 128 /* comments */);
  let depth = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode as Comment;
    if (data(node, "frsh:island") && !depth++) {
      found.push({ start: node, end: node, hasSlots: false });
    } else if (data(node, "/frsh:island") && !--depth) {
      found[found.length - 1].end = node;
    } else if (depth && data(node, "frsh:slot")) {
      found[found.length - 1].hasSlots = true;
    }
  }
  return found;
}

function isWithin({ start, end }: Pending, node: Node): number {
  return start.compareDocumentPosition(node) & 4 &&
    end.compareDocumentPosition(node) & 2;
}

function revive(
  { start, end, hasSlots }: Pending,
  islands: Islands,
  props: PropsList,
  slots: Slots | undefined,
): void {
  const parent = end.parentNode as Element;
  const [, , name, index] = start.data.split(":");
  if (start.parentNode !== parent || start === end) {
    // Not thrown: the other islands are whole
    return reportError(
      new Error(`Cannot revive island "${name}": invalid HTML nesting`),
    );
  }
  if (hasSlots) slots?.readSlots(start.nextSibling, end);
  const childNodes: Node[] = [];
  for (
    let node = start.nextSibling;
    node !== end;
    node = (node as Node).nextSibling
  ) {
    childNodes.push(node as Node);
  }
  const anchor = new Text();
  end.replaceWith(anchor);
  start.remove();
  // All that Preact asks of the element it works in
  const root = {
    namespaceURI: parent.namespaceURI,
    firstChild: childNodes[0],
    childNodes,
    insertBefore: (node: Node, before: Node | null) => parent.insertBefore(node, before ?? anchor),
  };
  try {
    if (!PLAIN) alignAttributes(true);
    (PLAIN ? render : hydrate)(
      h(islands[name] as ComponentType, props[+index]),
      root as unknown as Element,
    );
  } catch (error) {
    // One island's failure is not the others'
    reportError(error);
  } finally {
    alignAttributes(false);
  }
}
