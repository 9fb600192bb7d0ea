/** A wire value: any JSON value. Numbers are finite. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  /** Value by key; an undefined one counts as absent. */
  readonly [key: string]: Json | undefined;
}
