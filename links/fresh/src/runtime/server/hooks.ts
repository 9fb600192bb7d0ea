import { Fragment, h, options, type VNode } from "preact";
import { jsx } from "preact/jsx-runtime";
import { isSignal } from "../../jsonify/stringify.ts";
import type { Island } from "../../build_cache.ts";
import type { AnyComponent } from "../../components.ts";
import { PLAIN } from "../../plain.ts";
import { onHead } from "../head_collector.ts";
import { asset, assetSrcSet } from "../shared.ts";
import { currentState, type RenderState, type Slot, SlotRef } from "./state.ts";

/** Preact's internal names of what is used here; they are the same in all of Preact 10 and 11. */
interface InternalVNode extends Omit<VNode, "props"> {
  props: Record<string, unknown>;
  __?: InternalVNode | null;
}
interface InternalOptions {
  __b?: (vnode: VNode) => void;
  attr?: (name: string, value: unknown) => string | void;
}

/** A vnode that prints `parts` as they are, with `content` between them. */
function template(
  parts: string[],
  content: unknown[],
): { tpl: string[]; exprs: unknown[] } {
  return { tpl: parts, exprs: content };
}

/** Stands for JSX that was passed to an island. */
export function SlotMarker({ slot }: { slot: Slot }): VNode {
  slot.drawn = true;
  const vnode = h(Fragment, null) as unknown as InternalVNode;
  vnode.props = template([
    `<!--frsh:slot:${slot.id}:${slot.name}-->`,
    "<!--/frsh:slot-->",
  ], [
    h(Fragment, null, slot.content),
  ]);
  return vnode as VNode;
}

/** Puts the hooks in place that find islands and complete elements while a page is drawn. */
export function installHooks(): void {
  const internal = options as InternalOptions;
  const before = internal.__b;
  internal.__b = (vnode) => {
    const state = currentState();
    if (state !== null) visit(state, vnode as unknown as InternalVNode);
    before?.(vnode);
  };
  onHead((children) => {
    currentState()?.head.push(children);
  });
  const attr = internal.attr;
  internal.attr = (name, value) => {
    if (name === "f-client-nav") return `f-client-nav="${value !== false}"`;
    return attr?.(name, value);
  };
}

function visit(state: RenderState, vnode: InternalVNode): void {
  const { type } = vnode;
  if (PLAIN && vnode.key !== null && vnode.key !== undefined && !isInsideIsland(state, vnode)) {
    markKey(state, vnode);
  }
  if (typeof type === "string") return visitElement(state, vnode, type);
  if (type === Fragment) return;
  const island = state.buildCache.islands.get(type);
  if (island !== undefined && !isInsideIsland(state, vnode)) {
    wrapIsland(state, vnode, island);
  }
}

const keyed = new WeakSet<object>();

/** Upstream writes keys into the page, for partials. */
function markKey(state: RenderState, vnode: InternalVNode): void {
  if (typeof vnode.type === "string") {
    replaceProps(state, vnode)["data-frsh-key"] = String(vnode.key);
    return;
  }
  if (vnode.type === Fragment || keyed.has(vnode) || state.buildCache.islands.has(vnode.type)) return;
  state.restore.push({ vnode, type: vnode.type, props: vnode.props });
  const inner = jsx(vnode.type as AnyComponent, vnode.props);
  keyed.add(inner);
  vnode.type = Fragment;
  vnode.props = template([`<!--frsh:key:${String(vnode.key)}-->`, "<!--/frsh:key-->"], [inner]);
}

function isInsideIsland(state: RenderState, vnode: InternalVNode): boolean {
  if (state.inner.size === 0) return false;
  for (
    let node: InternalVNode | null | undefined = vnode;
    node;
    node = node.__
  ) {
    if (state.inner.has(node)) return true;
    if (node.type === SlotMarker) return false;
  }
  return false;
}

// The vnode becomes a template that prints the markers around a vnode of the island itself
function wrapIsland(
  state: RenderState,
  vnode: InternalVNode,
  island: Island,
): void {
  state.restore.push({ vnode, type: vnode.type, props: vnode.props });
  let { props } = vnode;
  let sent = props;
  for (const name in props) {
    const value = props[name];
    if (!isSlotContent(name, value)) continue;
    const slot: Slot = {
      id: state.slots.length,
      name,
      content: value as Slot["content"],
      drawn: false,
    };
    state.slots.push(slot);
    if (sent === vnode.props) {
      props = { ...props };
      sent = { ...props };
    }
    props[name] = jsx(SlotMarker, { slot });
    sent[name] = new SlotRef(name, slot.id);
  }
  // jsx() as compiled pages use it: vnodes of one shape keep the renderer fast
  const inner = jsx(vnode.type as AnyComponent, props);
  state.inner.add(inner);
  const index = state.islands.push({ island, props: sent }) - 1;
  state.used.add(island);
  const key = vnode.key === null || vnode.key === undefined
    ? ""
    : encodeURIComponent(String(vnode.key)).replaceAll("-", "%2D");
  vnode.type = Fragment;
  vnode.props = template([
    `<!--frsh:island:${island.name}:${index}:${key}-->`,
    "<!--/frsh:island-->",
  ], [
    inner,
  ]);
}

function isSlotContent(name: string, value: unknown): boolean {
  if (typeof value !== "object" || value === null || isSignal(value)) {
    return false;
  }
  if ("constructor" in value && value.constructor === undefined) return true;
  return name === "children" && Array.isArray(value);
}

function visitElement(
  state: RenderState,
  vnode: InternalVNode,
  type: string,
): void {
  switch (type) {
    case "a": {
      const { href } = vnode.props;
      if (typeof href === "string" && href.charCodeAt(0) === 47) {
        markLink(state, vnode, href);
      }
      return;
    }
    case "img":
    case "source": {
      const { src, srcset, srcSet } = vnode.props;
      if (src === undefined && srcset === undefined && srcSet === undefined) {
        return;
      }
      const props = replaceProps(state, vnode);
      if (typeof src === "string") props.src = asset(src);
      if (typeof srcset === "string") props.srcset = assetSrcSet(srcset);
      if (typeof srcSet === "string") props.srcSet = assetSrcSet(srcSet);
      return;
    }
    case "script":
    case "style":
      replaceProps(state, vnode).nonce = state.nonce;
      return;
    case "html":
      state.hasHtml = true;
      return;
    case "head":
      state.hasHead = true;
      return;
    case "body":
      state.hasBody = true;
  }
  const nav = vnode.props["f-client-nav"];
  if (typeof nav === "boolean") {
    replaceProps(state, vnode)["f-client-nav"] = String(nav);
  }
}

function replaceProps(
  state: RenderState,
  vnode: InternalVNode,
): Record<string, unknown> {
  state.restore.push({ vnode, type: vnode.type, props: vnode.props });
  return vnode.props = { ...vnode.props };
}

// Links to the page itself and to those above it are marked, so that style sheets and readers can tell. A link to the
// page with another query is not the page itself
function markLink(
  state: RenderState,
  vnode: InternalVNode,
  href: string,
): void {
  const { pathname } = state;
  const end = href.search(/[?#]/);
  const path = trimSlash(end === -1 ? href : href.slice(0, end));
  const isSame = pathname === path || trimSlash(pathname) === path;
  if (!isSame && path !== "/" && !pathname.startsWith(path + "/")) return;
  const query = end === -1 || href.charCodeAt(end) !== 63 ? "" : href.slice(end).replace(/#.*$/, "");
  const isCurrent = isSame && (query === "" || query === state.ctx.url.search);
  const props = replaceProps(state, vnode);
  if (isCurrent) props["data-current"] = "true";
  else props["data-ancestor"] = "true";
  props["aria-current"] ??= isCurrent ? "page" : "true";
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
