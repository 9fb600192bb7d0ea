/**
 * The one switch of this package, for tests: with `true` it does nothing that upstream does not do, and does worse what
 * upstream does worse. `tests/plain.ts` writes it into a copy of the project. What an app needs beyond upstream fails there.
 */
export const PLAIN: boolean = false;
