/** Requests that this process has made of itself. No request from outside can be among them. */
const visits = new WeakSet<Request>();

/**
 * A request to a page that only asks for its demo to be loaded: {@linkcode hostPages} answers it without drawing
 * anything. No guard stands before it, because nobody asks and nothing is shown.
 */
export function visitTo(page: string): Request {
  const request = new Request(`http://localhost${page}`, { method: "HEAD" });
  visits.add(request);
  return request;
}

/** Whether this process made the request itself, by {@linkcode visitTo}. */
export function isVisit(request: Request): boolean {
  return visits.has(request);
}
