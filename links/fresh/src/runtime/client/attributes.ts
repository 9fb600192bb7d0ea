import { options, type VNode } from "preact";

let isOn = false;
const diffed = options.diffed;

/**
 * Switches on that elements take the attributes their island gives them. While Preact takes over the server's elements
 * it leaves attributes alone, but `disabled={!IS_BROWSER}` is a common way to say that a button is not alive yet.
 */
export function alignAttributes(on: boolean): void {
  isOn = on;
}

// `__e` is the element, in all of Preact 10 and 11
options.diffed = (
  vnode: VNode & { __e?: Element & Record<string, unknown> },
) => {
  if (isOn && typeof vnode.type === "string" && vnode.__e) {
    align(vnode.__e, vnode.props as Record<string, unknown>);
  }
  diffed?.(vnode);
};

function align(
  element: Element & Record<string, unknown>,
  props: Record<string, unknown>,
): void {
  for (const prop in props) {
    // What is not given is absent; a false one of `aria-*` and `data-*` is the word "false"
    const value = props[prop] ?? false;
    // What a field holds is the visitor's; objects are styles and inner HTML
    if (
      /^(default)?(value|checked|selected)|^children$/i.test(prop) ||
      /object|function/.test(typeof value)
    ) continue;
    const name = prop === "className" ? "class" : prop === "htmlFor" ? "for" : prop;
    const old = element.getAttribute(name);
    if (typeof value === "boolean" && typeof element[prop] === "boolean") {
      if (element[prop] !== value) element[prop] = value;
    } else if (value === false && (props[prop] !== false || name[4] !== "-")) {
      if (old !== null) element.removeAttribute(name);
    } else if (value === true ? old === null : old !== String(value)) {
      element.setAttribute(name, String(value));
    }
  }
}
