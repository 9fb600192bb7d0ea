import { type ComponentType, h, type VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ViewProps } from "@/lib/value/page.ts";
import { isEnter } from "@/components/ui/enter.ts";
import { aria, Frame } from "@/components/ui/frame.tsx";
import type { ComboboxProps } from "./combobox.ts";

/** One entry of a dropdown: its value, or its label and its value. */
export type Choice = string | number | readonly [label: string, value: string | number];

/** The props of a dropdown that its view reads. */
export interface DropdownProps {
  readonly choices: readonly Choice[];
  readonly placeholder?: string | undefined;
  readonly nullable: boolean;
  readonly autocomplete?: string | undefined;
  readonly required?: boolean | undefined;
}

/** From this many choices on, a dropdown is searched by typing. */
const MANY = 20;

/**
 * One of several choices: the browser's own list. Many choices become a box that searches them once the page is alive, but
 * on a touch screen, where the browser's list fills the screen.
 */
export function DropdownView(view: ViewProps<DropdownProps, string | number | null>): VNode | null {
  const { id, props, value, interactive, set, raise, say } = view;
  const choices = props.choices.map((choice) =>
    typeof choice === "object" ? choice : [choice, choice] as const
  );
  const known = choices.some(([, key]) => key === value);
  const empty = !known || props.nullable;
  const [search, setSearch] = useState<{ readonly Combobox: ComponentType<ComboboxProps> }>();
  const many = interactive && choices.length >= MANY;
  useEffect(() => {
    if (!many || !matchMedia("(pointer: fine)").matches) return;
    import("./combobox.ts").then(({ comboboxOf }) => {
      const Combobox = comboboxOf({ h, useEffect, useState, isEnter });
      const list = document.getElementById(id);
      // Not under the hands of a person who is choosing.
      if (list === document.activeElement) {
        list?.addEventListener("blur", () => setSearch({ Combobox }), { once: true });
      } else setSearch({ Combobox });
      // Where it cannot be loaded the list stays.
    }, () => {});
  }, [many]);
  const choose = (index: number) => {
    const chosen = choices[index];
    if (!chosen && !props.nullable) return;
    set?.(chosen ? chosen[1] : null);
    if (chosen) raise?.("select", { index, value: chosen[1] });
  };
  const control = {
    ...aria(view),
    id,
    name: id,
    class: "at-ctl",
    autoComplete: props.autocomplete,
    onFocus: () => raise?.("focus"),
    onBlur: () => raise?.("blur"),
  };
  const shown = choices.find(([, key]) => key === value)?.[0];
  const placeholder = props.placeholder ?? "Choose …";
  return (
    <Frame view={view}>
      {!interactive
        ? <textarea {...control} rows={1} data-min={1} data-max={20} readOnly value={`${shown ?? ""}`} />
        : many && search
        ? (
          <search.Combobox
            {...control}
            labels={choices.map(([label]) => `${label}`)}
            chosen={choices.findIndex(([, key]) => key === value)}
            placeholder={placeholder}
            nullable={props.nullable}
            choose={choose}
            say={say}
          />
        )
        : (
          <div class="at-select">
            <select
              {...control}
              onChange={({ currentTarget }) => choose(currentTarget.selectedIndex - (empty ? 1 : 0))}
            >
              {empty && <option value="" selected={!known}>{placeholder}</option>}
              {choices.map(([label, key]) => (
                <option key={key} value={key} selected={key === value}>{label}</option>
              ))}
            </select>
          </div>
        )}
    </Frame>
  );
}
