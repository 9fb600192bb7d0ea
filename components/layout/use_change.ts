import { useEffect, useRef } from "preact/hooks";

/** Calls back after a value has become another one; not for the first it has. */
export function useChange<T>(value: T, changed: (value: T) => void): void {
  const before = useRef(value);
  useEffect(() => {
    if (before.current === value) return;
    before.current = value;
    changed(value);
  }, [value]);
}
