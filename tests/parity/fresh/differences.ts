/** An answer that is not upstream's, and why. */
export interface Difference {
  /** Key of the recorded answer. */
  readonly probe: string;
  /** Why it is right that it differs. */
  readonly reason: string;
  /** The part that differs as it is here. A header of null is absent, one of `"*"` has any value. */
  readonly expected: {
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string | null>>;
  };
}

const NO_PARTIALS = "Partials are not part of this stand-in";

/** All differences of HTTP answers there are. The test fails when one is missing here and when one is no more. */
export const HTTP_DIFFERENCES: readonly Difference[] = [];

/** All differences in the browser. */
export const BROWSER_DIFFERENCES: readonly { check: string; reason: string; expected: unknown }[] = [
  { check: "partial click", reason: NO_PARTIALS, expected: "n=1,7,row 1,,/partials/list?n=1" },
];
