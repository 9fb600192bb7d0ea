import type { Allowed } from "@/tests/torture/checks.ts";
import type { Torture } from "@/tests/torture/torture.ts";
import type { Place } from "./route_list.ts";

/** Where rows run. */
export interface Scene {
  /** Where the copy of the project lies that is being served. */
  readonly root: URL;
  /** Everything that can be asked for. */
  readonly places: readonly Place[];
  /** Where the server keeps its data. */
  readonly data: string;
}

/** A row of the catalogue of cases as a test over all routes. */
export interface SecurityRow extends Allowed {
  /** Its id in the catalogue, with what is tried after a slash. */
  readonly id: string;
  /** What has to hold. */
  readonly rule: string;
  /** Does what the row says; throws when it does not hold. */
  readonly run: (torture: Torture, scene: Scene) => Promise<void>;
}
