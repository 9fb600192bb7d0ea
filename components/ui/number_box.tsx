import type { JSX, VNode } from "preact";
import { useRef } from "preact/hooks";

/** Props of a {@linkcode NumberBox}. All but `value` go to the input. */
export interface NumberBoxProps extends Omit<JSX.HTMLAttributes<HTMLInputElement>, "value"> {
  /** The number, `null` for none, or the text that a person has typed and that is no number. */
  readonly value: number | string | null;
  readonly [attribute: string]: unknown;
}

/** An input for a number that leaves "1.", "1.50" and "5e" alone while they are typed. */
export function NumberBox({ value, ...rest }: NumberBoxProps): VNode {
  const box = useRef<HTMLInputElement>(null);
  const typed = box.current?.value;
  return (
    <input
      {...rest}
      ref={box}
      type="number"
      class="at-ctl"
      value={typed && Number(typed) === value ? typed : value ?? ""}
    />
  );
}
