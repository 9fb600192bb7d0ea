// This file is a script of its own, for the few pages that need it. It imports nothing: what it shared with the runtime
// would become a third script, which every page would have to load.
import type { ComponentChild, ComponentType, h as preactH } from "preact";

/** The islands of the page by name. */
export type Islands = Readonly<
  Record<string, ComponentType<Record<string, unknown>>>
>;
/** The props of each island of the page, by number. */
export type PropsList = readonly Record<string, unknown>[];

const contents: (ComponentChild[] | null)[] = [];
let h: typeof preactH;
let data: (node: Node, prefix: string) => boolean;
let islands: Islands;
let props: PropsList;

/** Sets what islands within slots are made of, and lends what the runtime has. */
export function setPage(
  lent: { h: typeof preactH; data: typeof data },
  pageIslands: Islands,
  pageProps: PropsList,
): void {
  ({ h, data } = lent);
  islands = pageIslands;
  props = pageProps;
}

/** Stands in the props of an island for JSX of the server. */
export function Slot(
  { id, name }: { id: number; name: string },
): ComponentChild[] | null {
  if (!(id in contents)) {
    const template = document.getElementById(`frsh-${id}-${name}`) as
      | HTMLTemplateElement
      | null;
    contents[id] = template && readNodes(template.content.firstChild, null);
  }
  return contents[id];
}

/** Takes the contents of all slots among the nodes of an island from `node` to before `end`. */
export function readSlots(node: Node | null, end: Node | null): void {
  while (node && node !== end) {
    let next = node.nextSibling;
    if (data(node, "frsh:slot")) {
      const close = closing(node, "frsh:slot");
      contents[+(node as Comment).data.split(":")[2]] = readNodes(next, close);
      next = remove(node, close);
    } else readSlots(node.firstChild, null);
    node = next;
  }
}

/** Makes vnodes of the nodes from `node` to before `end`, so that Preact finds its own work in the page. */
function readNodes(node: Node | null, end: Node | null): ComponentChild[] {
  const children: ComponentChild[] = [];
  while (node && node !== end) {
    let next = node.nextSibling;
    if (node.nodeType === 3) children.push((node as Text).data);
    else if (node.nodeType === 1) {
      const element = node as Element & Record<string, unknown>;
      const attributes: Record<string, unknown> = {};
      for (const { name, value } of element.attributes) {
        attributes[name] = element[name] === true || value;
      }
      children.push(
        h(element.localName, attributes, readNodes(node.firstChild, null)),
      );
    } else if (data(node, "frsh:island")) {
      const close = closing(node, "frsh:island");
      readSlots(next, close);
      const [, , name, index, key] = (node as Comment).data.split(":");
      children.push(
        h(islands[name], { ...props[+index], key: key || undefined }),
      );
      next = remove(node, close);
    }
    node = next;
  }
  return children;
}

/** The marker that ends what `open` starts. */
function closing(open: Node, prefix: string): ChildNode | null {
  let depth = 1;
  let node = open.nextSibling;
  while (node) {
    if (data(node, prefix)) depth++;
    if (data(node, "/" + prefix) && !--depth) break;
    node = node.nextSibling;
  }
  return node;
}

/** Removes both markers and returns the node after them. */
function remove(open: Node, close: ChildNode | null): ChildNode | null {
  const next = close && close.nextSibling;
  (open as Comment).remove();
  close?.remove();
  return next;
}
