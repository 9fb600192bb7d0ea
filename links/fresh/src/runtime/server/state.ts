import type { ComponentChildren, VNode } from "preact";
import type { BuildCache, Island } from "../../build_cache.ts";
import type { Context } from "../../context.ts";

/** JSX that was passed to an island: drawn on the server, taken up by the island in the browser. */
export class SlotRef {
  /** Makes a reference to the slot `id`, passed as the prop `name`. */
  constructor(readonly name: string, readonly id: number) {}
}

/** A slot and whether its island has drawn it. */
export interface Slot {
  readonly id: number;
  readonly name: string;
  readonly content: ComponentChildren;
  drawn: boolean;
}

/** What is gathered while one page is drawn. */
export interface RenderState {
  readonly ctx: Context<unknown>;
  readonly buildCache: BuildCache;
  readonly pathname: string;
  nonce: string;
  /** The islands of the page in the order of their numbers. */
  readonly islands: { island: Island; props: Record<string, unknown> }[];
  /** Each island once. */
  readonly used: Set<Island>;
  /** The vnodes that stand for an island's own content. */
  readonly inner: Set<object>;
  readonly slots: Slot[];
  /** Contents of `<Head>` in the order they were met. */
  readonly head: ComponentChildren[];
  /** What has to be put back when the page is done: a vnode may be a constant of a module. */
  readonly restore: {
    vnode: { type: VNode["type"]; props: object };
    type: VNode["type"];
    props: object;
  }[];
  hasHtml: boolean;
  hasHead: boolean;
  hasBody: boolean;
}

/** A state for one page. */
export function newRenderState(
  ctx: Context<unknown>,
  buildCache: BuildCache,
  pathname: string,
): RenderState {
  return {
    ctx,
    buildCache,
    pathname,
    nonce: crypto.randomUUID().replaceAll("-", ""),
    islands: [],
    used: new Set(),
    inner: new Set(),
    slots: [],
    head: [],
    restore: [],
    hasHtml: false,
    hasHead: false,
    hasBody: false,
  };
}

let current: RenderState | null = null;

/** The page being drawn, if any. Drawing is synchronous, so there is never more than one. */
export function currentState(): RenderState | null {
  return current;
}

/** Makes `state` the page being drawn and returns the one before. */
export function enterState(state: RenderState | null): RenderState | null {
  const before = current;
  current = state;
  return before;
}
