import type { JSX, VNode } from "preact";
import { useRef } from "preact/hooks";

/** What a {@linkcode NumberBox} is given; all else goes to the input. */
export interface NumberBoxProps extends Omit<JSX.HTMLAttributes<HTMLInputElement>, "onInput" | "value"> {
  readonly value: number | null;
  /** Called with what is typed, `null` for nothing; not called while it is no number. */
  readonly onNumber: (value: number | null) => void;
  readonly [attribute: string]: unknown;
}

/** An input for a number that leaves "1." and "1.50" alone while they are typed. */
export function NumberBox({ value, onNumber, ...rest }: NumberBoxProps): VNode {
  const box = useRef<HTMLInputElement>(null);
  const typed = box.current?.value;
  return (
    <input
      {...rest}
      ref={box}
      type="number"
      class="at-ctl"
      value={typed && Number(typed) === value ? typed : value ?? ""}
      onInput={({ currentTarget: { value, validity } }) => {
        if (!validity.badInput) onNumber(value === "" ? null : Number(value));
      }}
    />
  );
}
