const MOST = 2000;

/** Names of secrets, at the end of a name: `password`, `db_password`, `API-KEY`, `__Host-atoll`. */
const SECRET_NAMES =
  "(?<![a-z])pass|pass(?:word|wd|phrase|code)|pwd|otp|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?|session(?:[-_]?id)?|" +
  "auth|signature|__Host-[\\w.-]+";
/** A name and its value: `password=x`, `"token": "x"`, `secret: x`. A value in quotes is all that is in them. */
const SECRETS = new RegExp(
  `(?<![a-z0-9])([\\w.-]{0,40}?(?:${SECRET_NAMES})["']?\\s{0,3}(?:=|:(?=\\s{0,3}["'])|:(?!//)\\s{0,3}(?=[^\\s"']{4})))\\s{0,3}` +
    `("(?:[^"\\\\]|\\\\.)*"?|'(?:[^'\\\\]|\\\\.)*'?|[^\\s,;&"'<>)}\\]]+)`,
  "gi",
);
/** A name and its value as arguments of a command: `--password x`. */
const ARGUMENTS = new RegExp(
  `(?<![\\w-])(--[\\w-]{0,40}?(?:${SECRET_NAMES}))\\s{1,3}("[^"]*"?|'[^']*'?|[^\\s]+)`,
  "gi",
);
/** Headers whose whole value is a secret, to the end of the line or of the quotes that they stand in. */
const HEADERS = /\b((?:set-)?cookies?|(?:proxy-)?authorization)(["']?\s{0,3}[=:]\s{0,3}["']?)[^\r\n"']+/gi;

/**
 * Foreign text, safe for the log: on one line, at most 2,000 characters, without secrets. It removes user, query
 * and fragment of URLs, credentials, cookies, keys and session tokens. It also removes values that are called a
 * password, secret or token.
 */
export function oneLine(text: string): string {
  const head = text.length > MOST ? `${text.slice(0, MOST)}...` : text;
  return escape(
    withoutColors(head)
      .replace(
        /\b([a-z][a-z0-9+.-]{0,10}:\/\/)(?:[^\s/?#@"'<>]*@)?([^\s?#"'<>]*)([?#][^\s"'<>)]*)?/gi,
        (_, scheme: string, place: string, rest?: string) => `${scheme}${place}${rest ? "?..." : ""}`,
      )
      .replace(HEADERS, "$1$2...")
      .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, "$1 ...")
      .replace(SECRETS, "$1...")
      .replace(ARGUMENTS, "$1 ...")
      .replace(/\beyJ[\w-]{8,}\.[\w-]{2,}(?:\.[\w-]*){0,3}/g, "<token>")
      .replace(/\batk_[0-9a-f]{16}_[\w-]{43}/g, "<key>")
      .replace(/\b[\w-]{22}\.[0-9a-f]{32}\b/g, "<session>"),
  );
}

/** Text without the sequences by which a terminal changes its colours. */
export function withoutColors(text: string): string {
  // deno-lint-ignore no-control-regex -- such a sequence begins with a control character
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}

/** Control, line-separating and bidirectional characters change what a terminal or an editor shows. */
export function escape(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
