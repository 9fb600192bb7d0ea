import type { VNode } from "preact";
import type { ViewProps } from "@/lib/value/page.ts";
import { CopyButton } from "@/components/ui/copy_button.tsx";
import { isEnter } from "@/components/ui/enter.ts";
import { drawnText } from "@/components/ui/drawn_text.ts";
import { aria, Frame, nameOf } from "@/components/ui/frame.tsx";

/** What the view of a textbox reads of its props. */
export interface TextboxProps {
  readonly lines: number;
  readonly maxLines?: number | undefined;
  readonly type: "text" | "password" | "email";
  readonly placeholder?: string | undefined;
  readonly maxLength: number;
  readonly autocomplete?: string | undefined;
  readonly required?: boolean | undefined;
  readonly autofocus?: boolean | undefined;
  readonly rtl?: boolean | undefined;
  readonly buttons: readonly "copy"[];
}

/** One line or several lines of text. Text to be read grows with what it holds, up to `maxLines`. */
export function TextboxView(view: ViewProps<TextboxProps, string>): VNode | null {
  const { id, props, value, interactive, set, raise } = view;
  const { lines, type } = props;
  const most = type === "text" ? props.maxLines ?? (lines > 1 || !interactive ? Math.max(lines, 20) : 1) : 1;
  const control = {
    ...aria(view),
    id,
    name: id,
    value: value ?? "",
    placeholder: props.placeholder,
    maxLength: props.maxLength,
    autoComplete: props.autocomplete,
    readOnly: !interactive,
    autoFocus: props.autofocus,
    dir: props.rtl ? "rtl" as const : undefined,
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) => set?.(currentTarget.value),
    onFocus: () => raise?.("focus"),
    onBlur: () => raise?.("blur"),
    onKeyDown: (event: KeyboardEvent) => {
      if (!isEnter(event) || most > 1 && !event.shiftKey || !raise) return;
      event.preventDefault();
      raise("submit");
    },
  };
  return (
    <Frame
      view={view}
      tools={raise && props.buttons.includes("copy") && (
        <CopyButton
          name={nameOf(view)}
          text={value}
          copy={view.copy}
          done={() => raise("copy", { value })}
        />
      )}
    >
      {most > 1
        ? (
          <textarea
            {...control}
            value={drawnText(control.value)}
            class="at-ctl"
            rows={Math.min(Math.max(lines, control.value.split("\n").length), most)}
            data-min={lines}
            data-max={most}
          />
        )
        : <input {...control} class="at-ctl" type={type} />}
    </Frame>
  );
}
