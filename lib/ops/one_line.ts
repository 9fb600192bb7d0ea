const MOST = 2000;

/**
 * Text of others as it may stand in the log: on one line, at most 2,000 characters, with the parts of addresses where
 * secrets lie (user, query, fragment), credentials and session tokens left out.
 */
export function oneLine(text: string): string {
  const head = text.length > MOST ? `${text.slice(0, MOST)}...` : text;
  return escape(
    head
      .replace(
        /\b([a-z][a-z0-9+.-]{0,10}:\/\/)(?:[^\s/?#@"'<>]*@)?([^\s?#"'<>]*)([?#][^\s"'<>)]*)?/gi,
        (_, scheme: string, place: string, rest?: string) => `${scheme}${place}${rest ? "?..." : ""}`,
      )
      .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, "$1 ...")
      .replace(/\b[\w-]{22}\.[0-9a-f]{32}\b/g, "<session>"),
  );
}

/** Control, line-separating and bidirectional characters change what a terminal or an editor shows. */
export function escape(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
