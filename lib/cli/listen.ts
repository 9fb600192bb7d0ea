/** Where a server is to listen. */
interface Where {
  readonly port: number;
  readonly host: string;
}

/**
 * Looks whether a server could listen, and does not: so that it is said before a build.
 *
 * @throws {Error} when it could not.
 */
export function assertPort(where: Where): void {
  try {
    Deno.listen({ port: where.port, hostname: where.host }).close();
  } catch (error) {
    throw cannotListen(where, error);
  }
}

/** The message to an operator whose server cannot listen. */
export function cannotListen({ port, host }: Where, cause: unknown): Error {
  if (cause instanceof Deno.errors.AddrInUse) {
    return new Error(
      `Cannot use PORT=${port}: it is taken. Stop what uses it, or choose another: PORT=${
        port + 1
      } deno task start`,
      { cause },
    );
  }
  return new Error(`Cannot listen on HOST=${host} PORT=${port}: ${(cause as Error).message}`, { cause });
}

/** Where a browser on this machine finds a server that listens there. */
export function addressOf(hostname: string, port: number): string {
  const name = hostname === "0.0.0.0" || hostname === "::" ? "localhost" : hostname;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}/`;
}
