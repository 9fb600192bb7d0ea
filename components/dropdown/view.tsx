import type { VNode } from "preact";
import type { ViewProps } from "@/lib/value/page.ts";
import { aria, Frame } from "@/components/ui/frame.tsx";

/** One entry of a dropdown: its value, or its label and its value. */
export type Choice = string | number | readonly [label: string, value: string | number];

/** The props of a dropdown that its view reads. */
export interface DropdownProps {
  readonly choices: readonly Choice[];
  readonly placeholder?: string | undefined;
}

/** One of several choices: the browser's own list. */
export function DropdownView(view: ViewProps<DropdownProps, string | number | null>): VNode | null {
  const { id, props, value, interactive, set, raise } = view;
  const choices = props.choices.map((choice) =>
    typeof choice === "object" ? choice : [choice, choice] as const
  );
  const known = choices.some(([, key]) => key === value);
  return (
    <Frame view={view}>
      <div class="at-select">
        <select
          {...aria(view)}
          id={id}
          name={id}
          class="at-ctl"
          disabled={!interactive}
          onChange={({ currentTarget }) => {
            const chosen = choices[currentTarget.selectedIndex - (known ? 0 : 1)];
            if (!chosen) return;
            set?.(chosen[1]);
            raise?.("select", { index: choices.indexOf(chosen), value: chosen[1] });
          }}
          onFocus={() => raise?.("focus")}
          onBlur={() => raise?.("blur")}
        >
          {!known && <option value="" selected>{props.placeholder ?? "Choose …"}</option>}
          {choices.map(([label, key]) => (
            <option key={key} value={key} selected={key === value}>{label}</option>
          ))}
        </select>
      </div>
    </Frame>
  );
}
