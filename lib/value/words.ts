/**
 * The words that the page itself says once it is used, to the eye and to screen readers, in one place for translations. The
 * words of its first script are in `first_words.ts`. Words that only one component knows stand in its view.
 */

/** When a turn may come, in milliseconds from now. */
export function about(etaMs: number): string {
  return `about ${Math.ceil(etaMs / 1000)} s`;
}

/** The place of a request in a queue, as it is said. */
export function placed(position: number): string {
  return `Place ${position}`;
}

/** A run has begun. */
export const RUNNING = "Running";
/** A run is over, and gave something. */
export const DONE = "Done";
/** A run was stopped. */
export const STOPPED = "Stopped";
/** A run is to be stopped, and the server has not answered yet. */
export const STOPPING = "Stopping";
/** The server never answered that a run is to be stopped. */
export const STOP_UNKNOWN = "The server does not answer, so the run may still be going on";
/** A press that starts nothing, because what it starts is running. */
export const STILL_RUNNING = "Still running";
/** Name of the button that closes a message. */
export const CLOSE_MESSAGE = "Close message";
/** The levels of messages. */
export const LEVELS: Readonly<Record<string, string>> = {
  info: "Note",
  success: "Success",
  warning: "Warning",
  error: "Error",
};
/** A login that has ended. */
export const LOGGED_OUT = "You are logged out.";
/** The link to the login. */
export const LOG_IN_AGAIN = "Log in again";

/** How many errors are in a part of the page that is closed. */
export function errors(count: number): string {
  return count === 1 ? "1 error" : `${count} errors`;
}

/** How many messages wait for a place. */
export function more(count: number): string {
  return `${count} more`;
}

/** How many fields were refused. */
export function fieldsToChange(count: number): string {
  return count === 1 ? "1 field needs a change" : `${count} fields need a change`;
}
