/** The message of a page for a `done` frame with `kept: false`. */
export const NOT_KEPT = "The server could not save this yet. It is lost if the server restarts now";
