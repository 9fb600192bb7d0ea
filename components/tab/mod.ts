import { z } from "zod";
import type { Component } from "@/lib/demo/component.ts";
import { container, type ContainerInput } from "@/lib/demo/container.ts";
import type { ContainerField } from "@/lib/value/field.ts";
import Tab from "@/islands/Tab.tsx";
import { TabView } from "./view.tsx";

const declare = container({
  kind: "tab",
  props: z.object({
    /** The text on the tab. */
    label: z.string(),
    /** Whether a person can open it. Default true. */
    interactive: z.boolean().optional(),
  }),
  events: { select: z.object({ id: z.string(), index: z.number().int().min(0), value: z.string() }) },
  view: TabView,
  island: Tab,
});

/** Options of {@linkcode tab}. */
export interface TabOptions {
  /** The text on the tab. */
  readonly label: string;
  /** Whether it can be chosen. Default true. */
  readonly interactive?: boolean | undefined;
}

/** Declares a tab. */
export interface DeclareTab {
  /** Takes its label, or all its options. */
  (labelOrOptions: string | ContainerInput<TabOptions>): ContainerField<
    "select",
    ContainerInput<TabOptions>,
    { readonly select: { id: string; index: number; value: string } }
  >;
  /** The component behind it. */
  readonly component: Component;
}

/**
 * One tab of a `tabs()` field. The prop `selected` names it by its key. Raises `select` when it is opened.
 * `update({ visible, interactive, label })` hides it, disables it and changes its label.
 *
 * @example
 * ```ts
 * import { tab } from "atoll";
 *
 * const about = tab("About");
 * const result = tab({ label: "Result", interactive: false });
 * ```
 */
export const tab: DeclareTab = Object.assign(
  (labelOrOptions: string | ContainerInput<TabOptions>) =>
    declare(typeof labelOrOptions === "string" ? { label: labelOrOptions } : labelOrOptions),
  { component: declare.component },
);
