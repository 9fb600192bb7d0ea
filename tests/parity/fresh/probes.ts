/** One request to the parity app. `name` is its key in the recorded answers. */
export interface Probe {
  readonly name: string;
  readonly path: string;
  readonly init: RequestInit;
}

const GET_PATHS =
  "/ /slots /about /docs /docs/ /docs/a /docs/a%20b /docs/a/b /opt /opt/1 /rest/a/b /rest /api/bob /api/fn /x/m@1/a/b /override /nolayout /nolayout/bare /admin /admin/ /err/render /err/handler /err/nf /resp /nope /nope/x.css /partials/list /partials/list?fresh-partial=true&n=2 /docs/a?fresh-partial=true /?nav=1 /p/text /p/json /p/html /p/stream /p/redirect /p/redirect?fresh-partial=true /p/render /p/params/1 /p/params/1/2?q=3 /p/throw404 /p/throw403 /p/throw500 /p/two /p/notresponse /p/route /mnt /mnt/ /mnt/x/9 /mnt/boom /csp/x /cors/x /ts/x /ts/x/ //docs//a /ws /favicon.ico /logo.svg /a.css /.well-known/x.txt /.hidden/x.txt /sp%20ace.txt /logo.svg?__frsh_c=dead /_fresh/js/x/y.js /%E0%A4%A"
    .split(" ");
const METHODS = ["HEAD", "OPTIONS", "POST", "PUT", "DELETE"];
const METHOD_PATHS = "/ /docs/a /api/bob /api/fn /p/text /p/all /p/post /p/route /logo.svg /nope /resp".split(
  " ",
);
const HEADER_PROBES: [method: string, path: string, headers: Record<string, string>][] = [
  ["POST", "/csrf/x", { origin: "https://evil.test" }],
  ["POST", "/csrf/x", { "sec-fetch-site": "cross-site" }],
  ["POST", "/csrf/x", { "sec-fetch-site": "same-origin" }],
  ["GET", "/cors/x", { origin: "https://x.test" }],
];

/** All requests whose answers upstream's were recorded for. */
export function probes(): Probe[] {
  return [
    ...GET_PATHS.map((path) => ({ name: `GET ${path}`, path, init: { method: "GET" } })),
    ...METHODS.flatMap((method) =>
      METHOD_PATHS.map((path) => ({
        name: `${method} ${path}`,
        path,
        init: { method, body: bodyOf(method) },
      }))
    ),
    ...HEADER_PROBES.map(([method, path, headers]) => ({
      name: `${method} ${path} ${JSON.stringify(headers)}`,
      path,
      init: { method, headers },
    })),
  ];
}

function bodyOf(method: string): URLSearchParams | undefined {
  return method === "POST" || method === "PUT" ? new URLSearchParams({ id: "z" }) : undefined;
}

/** What is compared of an answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The headers that are compared. */
export const HEADERS: readonly string[] =
  "content-type location x-log x-doc x-r x-t x-a link etag cache-control vary allow content-length content-security-policy access-control-allow-origin access-control-allow-credentials x-fresh-id"
    .split(" ");
