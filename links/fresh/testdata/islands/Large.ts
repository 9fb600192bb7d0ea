import { h } from "preact";
import { table } from "../table.ts";

export default function Large() {
  return h("b", null, table);
}
