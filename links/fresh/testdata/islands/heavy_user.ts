import { h } from "preact";

export function Lazy() {
  return h("button", { onClick: () => import("../heavy.ts").then(({ heavy }) => heavy()) }, "load");
}
