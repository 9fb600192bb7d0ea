import type { AnyAction } from "./action.ts";

// Declaring is synchronous, so one list at a time is being filled. Outside of it nothing is noted.
let noted: AnyAction[] | undefined;

/** Notes an action that was made. */
export function note(action: AnyAction): void {
  noted?.push(action);
}

/** Calls `declare` and gives what it gives, with the actions that were made meanwhile. */
export function madeDuring<T>(
  declare: () => T,
): { readonly gives: T; readonly actions: readonly AnyAction[] } {
  const before = noted;
  const actions: AnyAction[] = noted = [];
  try {
    return { gives: declare(), actions };
  } finally {
    noted = before;
  }
}
