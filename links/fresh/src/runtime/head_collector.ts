import type { ComponentChildren } from "preact";

let collect: (children: ComponentChildren) => void = () => {};

/** Called by `Head` while a page is drawn. Does nothing in a browser. */
export function collectHead(children: ComponentChildren): void {
  collect(children);
}

/** Sets what the server does with the contents of `Head`. */
export function onHead(fn: (children: ComponentChildren) => void): void {
  collect = fn;
}
