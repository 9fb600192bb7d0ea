import { options, type VNode } from "preact";

/** What Preact asks of each element that is made: by `attr` of one that was compiled to text, else by `vnode`. */
interface Hooks {
  attr?: (name: string, value: unknown) => string | void;
  vnode?: (vnode: VNode) => void;
}

/**
 * Calls a layout and refuses what would be dropped without a word: handlers, as layouts are drawn on the server, and
 * `style`, which the policy of pages forbids.
 *
 * @param name How messages call the demo.
 * @throws {TypeError} what to write instead.
 */
export function layOut(layout: () => VNode, name: string): VNode {
  const hooks = options as unknown as Hooks;
  const { attr, vnode } = hooks;
  const onAttr = (key: string, value: unknown) => {
    check(key, value, name);
    return attr?.(key, value);
  };
  const onNode = (made: VNode) => {
    const props = made.props as unknown as Readonly<Record<string, unknown>> & { tpl?: readonly string[] };
    if (typeof made.type === "string") { for (const key in props) check(key, props[key], name); }
    else if (props.tpl && /<[a-z][^<>]*\sstyle="/.test(props.tpl.join(""))) check("style", "", name);
    vnode?.(made);
  };
  hooks.attr = onAttr;
  hooks.vnode = onNode;
  try {
    return layout();
  } finally {
    if (attr) hooks.attr = attr;
    else delete hooks.attr;
    if (vnode) hooks.vnode = vnode;
    else delete hooks.vnode;
  }
}

function check(key: string, value: unknown, name: string): void {
  if (typeof value === "function" && /^on[a-z]/i.test(key)) {
    throw new TypeError(
      `Cannot use ${key} in the layout of ${name}: a layout is drawn on the server. Place a field, such as button("Go"), and listen to it: on(go.click, ...)`,
    );
  }
  if (key === "style" && value !== undefined && value !== null) {
    throw new TypeError(
      `Cannot use style in the layout of ${name}: the page's policy forbids it. Use class, as in class="max-w-sm"`,
    );
  }
}
