import type { Component, options } from "preact";

/** An element that somebody else has put in the place of a text, and the text. */
type Owners = Map<ChildNode, Text>;

/** Options of {@linkcode mendTexts}. */
export interface TextWatch {
  /** Sees which nodes come and go. */
  readonly observer: MutationObserver;
  /** What it has seen since the page came alive. */
  readonly seen: MutationRecord[];
  /** Imported here, Preact would be a script of its own. */
  readonly preact: readonly [component: typeof Component, hooks: typeof options];
}

/**
 * Lets views show what is new where a translator of the browser or an extension has put elements of its own in the place
 * of texts. Preact goes on writing to the texts, which nobody sees any more. So they are put back right before their
 * component is drawn again; whoever replaced them sees the new ones and may do it again.
 *
 * What changes while Preact draws is its own doing.
 */
export function mendTexts({ observer, seen, preact }: TextWatch): void {
  const owners: Owners = new Map();
  const drawn = new Set<Component>();
  note(owners, seen.splice(0).filter(({ addedNodes }) => addedNodes.length > 0));

  const [{ prototype }, options] = preact;
  const { setState } = prototype;
  prototype.setState = function (...given) {
    drawn.add(this);
    return setState.apply(this, given);
  };
  const wait = options.debounceRendering ?? queueMicrotask;
  options.debounceRendering = (draw) =>
    wait(() => {
      note(owners, seen.splice(0));
      note(owners, observer.takeRecords());
      for (const { base } of drawn as Set<{ base?: Node }>) {
        if (base) putBack(owners, base.parentNode ?? base);
      }
      drawn.clear();
      draw();
      observer.takeRecords();
    });
}

/** Finds out which elements stand for which texts. */
function note(owners: Owners, records: readonly MutationRecord[]): void {
  const added = records.flatMap(({ addedNodes }) => [...addedNodes]);
  for (const { target, removedNodes, addedNodes, previousSibling, nextSibling } of records) {
    for (const gone of removedNodes as NodeListOf<ChildNode>) {
      const text = owners.get(gone) ?? gone;
      if (!(text instanceof Text) || text.parentNode === target) continue;
      const inPlace = addedNodes.length > 0 ? [...addedNodes] : added.filter((node) => node.contains(text));
      // Or it was put beside the text before that went.
      const instead = inPlace.length > 0
        ? inPlace
        : added.filter((node) =>
          (node === previousSibling || node === nextSibling) && !owners.has(node as ChildNode)
        );
      for (const node of instead) if (node !== text) owners.set(node as ChildNode, text);
    }
  }
}

function putBack(owners: Owners, within: Node): void {
  const back = new Set<Text>();
  for (const [element, text] of owners) {
    if (element.isConnected && !within.contains(element)) continue;
    owners.delete(element);
    if (!element.isConnected) continue;
    if (back.has(text)) element.remove();
    else element.replaceWith(text);
    back.add(text);
  }
}
