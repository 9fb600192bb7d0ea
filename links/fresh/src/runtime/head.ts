import { type ComponentChildren, toChildArray, type VNode } from "preact";
import { useEffect } from "preact/hooks";
import { collectHead } from "./head_collector.ts";

/** Props of {@linkcode Head}. */
export interface HeadProps {
  /** Elements for the document's head. */
  children?: ComponentChildren;
}

/**
 * Puts its children into the head of the document. A `title` or `meta` takes the place of the one that was there.
 */
export function Head({ children }: HeadProps): null {
  collectHead(children);
  useEffect(() => {
    for (const child of toChildArray(children)) {
      if (typeof child === "object") apply(child);
    }
  });
  return null;
}

function apply({ type, props }: VNode<Record<string, unknown>>): void {
  if (typeof type !== "string") return;
  const text = toChildArray(props.children as ComponentChildren).join("");
  if (type === "title") {
    document.title = text;
    return;
  }
  const selector = type +
    ["name", "property", "rel", "href"].map((name) =>
      typeof props[name] === "string" && !(name === "href" && type !== "link")
        ? `[${name}="${CSS.escape(props[name])}"]`
        : ""
    ).join("");
  let element = selector === type ? null : document.head.querySelector(selector);
  if (element === null) {
    document.head.append(element = document.createElement(type));
  }
  for (const name in props) {
    if (name !== "children") element.setAttribute(name, String(props[name]));
  }
  element.textContent = text;
}
