/** Where to listen: what `Deno.serve` takes, and `remoteAddress` for the printed line. */
export interface ListenOptions extends Partial<Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem> {
  /** Address to print in place of the one listened on. */
  remoteAddress?: string;
}

const FIRST_PORT = 8000;
const LAST_PORT = 8019;

/** Serves `handler` until the server is closed. */
export async function serve(
  handler: (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>,
  options: ListenOptions,
  basePath: string,
): Promise<void> {
  const withMessage: ListenOptions = {
    onListen({ hostname, port }) {
      const protocol = "key" in options && options.key ? "https" : "http";
      const shown = options.remoteAddress ??
        (/^(0\.0\.0\.0|::1?|127\.0\.0\.1)$/.test(hostname) ? "localhost" : hostname);
      // deno-lint-ignore no-console -- the one line that tells where the app is
      console.log(`Fresh ready at ${protocol}://${shown}:${port}${basePath}/`);
    },
    ...options,
  };
  if (options.port !== undefined) {
    return await Deno.serve(withMessage as Deno.ServeTcpOptions, handler).finished;
  }
  for (let port = FIRST_PORT; port <= LAST_PORT; port++) {
    try {
      return await Deno.serve({ ...withMessage, port } as Deno.ServeTcpOptions, handler).finished;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse) || port === LAST_PORT) throw error;
    }
  }
}
