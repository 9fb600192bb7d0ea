import type { VNode } from "preact";
import type { ViewProps } from "@/lib/value/page.ts";

/** What the view of a textbox reads of its props. */
export interface TextboxProps {
  readonly lines: number;
  readonly type: "text" | "password" | "email";
  readonly placeholder?: string | undefined;
}

/** One line or several lines of text. */
export function TextboxView({ id, value, set, raise, interactive }: ViewProps<TextboxProps, string>): VNode {
  return (
    <input
      id={id}
      name={id}
      value={value}
      readOnly={!interactive}
      onInput={(e) => set?.(e.currentTarget.value)}
      onBlur={() => raise?.("blur")}
    />
  );
}
