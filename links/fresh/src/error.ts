const STATUS_TEXT: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  418: "I'm a teapot",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  423: "Locked",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  507: "Insufficient Storage",
};

/** The standard reason phrase of `status`, or `""` for a status that has none. */
export function statusText(status: number): string {
  return STATUS_TEXT[status] ?? "";
}

/**
 * An error that carries an HTTP status. Thrown in a handler or middleware it becomes the response's status.
 *
 * @example
 * ```ts
 * throw new HttpError(404, "No such article");
 * ```
 */
export class HttpError extends Error {
  /** HTTP status of the response, 400 to 599. */
  readonly status: number;

  /** `message` is sent to the visitor when no error page is defined; without it the status text is sent. */
  constructor(status: number, message?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "HttpError";
    this.status = status;
  }
}
