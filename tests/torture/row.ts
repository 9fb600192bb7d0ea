import type { Allowed } from "./checks.ts";
import type { Torture } from "./torture.ts";

/** A row of the catalogue of cases as a test. */
export interface Row extends Allowed {
  /** Its id in the catalogue, with a letter where it has more than one test. */
  readonly id: string;
  /** What has to hold. */
  readonly rule: string;
  /** Does what the row says; throws when it does not hold. */
  readonly run: (torture: Torture) => Promise<void>;
}
