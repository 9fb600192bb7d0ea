import type { Component } from "@/lib/demo/component.ts";
import { accordion } from "./accordion/mod.ts";
import { browserState } from "./browser_state/mod.ts";
import { button } from "./button/mod.ts";
import { checkbox } from "./checkbox/mod.ts";
import { column } from "./column/mod.ts";
import { dataset } from "./dataset/mod.ts";
import { dropdown } from "./dropdown/mod.ts";
import { group } from "./group/mod.ts";
import { html } from "./html/mod.ts";
import { image } from "./image/mod.ts";
import { json } from "./json/mod.ts";
import { label } from "./label/mod.ts";
import { markdown } from "./markdown/mod.ts";
import { number } from "./number/mod.ts";
import { row } from "./row/mod.ts";
import { sidebar } from "./sidebar/mod.ts";
import { slider } from "./slider/mod.ts";
import { state } from "./state/mod.ts";
import { tab } from "./tab/mod.ts";
import { tabs } from "./tabs/mod.ts";
import { textbox } from "./textbox/mod.ts";
import { timer } from "./timer/mod.ts";

export { accordion } from "./accordion/mod.ts";
export { browserState, type BrowserStateOptions, type DeclareBrowserState } from "./browser_state/mod.ts";
export { button, type ButtonOptions, type DeclareButton } from "./button/mod.ts";
export { checkbox } from "./checkbox/mod.ts";
export { column } from "./column/mod.ts";
export { dataset } from "./dataset/mod.ts";
export {
  type Choice,
  type ChosenOf,
  type DeclareDropdown,
  dropdown,
  type DropdownEvent,
  type DropdownField,
  type DropdownOptions,
  type ValueOf,
  type Wide,
} from "./dropdown/mod.ts";
export { group } from "./group/mod.ts";
export { type DeclareHtml, html, type HtmlOptions, type HtmlProps } from "./html/mod.ts";
export { type GivenPicture, image, type Picture, type PictureRef } from "./image/mod.ts";
export { json } from "./json/mod.ts";
export { type Confidence, label, type Ranking } from "./label/mod.ts";
export { type DeclareMarkdown, markdown, type MarkdownOptions } from "./markdown/mod.ts";
export { type DeclareNumber, number, type NumberField, type NumberOptions } from "./number/mod.ts";
export { row } from "./row/mod.ts";
export { sidebar } from "./sidebar/mod.ts";
export { slider } from "./slider/mod.ts";
export { type DeclareState, state, type StateOptions } from "./state/mod.ts";
export { type DeclareTab, tab, type TabOptions } from "./tab/mod.ts";
export { tabs } from "./tabs/mod.ts";
export { textbox } from "./textbox/mod.ts";
export { type DeclareTimer, timer, type TimerOptions, type TimerProps } from "./timer/mod.ts";

/** The components that Atoll brings, in the order of their names. */
export const builtIn: readonly Component[] = [
  accordion.component,
  browserState.component,
  button.component,
  checkbox.component,
  column.component,
  dataset.component,
  dropdown.component,
  group.component,
  html.component,
  image.component,
  json.component,
  label.component,
  markdown.component,
  number.component,
  row.component,
  sidebar.component,
  slider.component,
  state.component,
  tab.component,
  tabs.component,
  textbox.component,
  timer.component,
];
