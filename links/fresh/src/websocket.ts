import { HttpError } from "./error.ts";

/** What to do on the events of a WebSocket. */
export interface WebSocketHandlers {
  /** The connection stands. */
  open?(socket: WebSocket): void;
  /** A message came. */
  message?(socket: WebSocket, event: MessageEvent): void;
  /** The connection ended. */
  close?(socket: WebSocket, code: number, reason: string): void;
  /** The connection failed. */
  error?(socket: WebSocket, event: Event | ErrorEvent): void;
}

/** Options of a WebSocket upgrade. */
export interface WebSocketUpgradeOptions {
  /** Seconds without a pong after which the connection is closed; 0 for never. @default 120 */
  idleTimeout?: number;
  /** Sub-protocol to answer with. */
  protocol?: string;
}

function isHandlers(value: object | undefined): value is WebSocketHandlers {
  return value !== undefined && ["open", "message", "close", "error"].some((name) => name in value);
}

/** Upgrades `req`. With handlers the result is the response, without it is socket and response. */
export function upgradeWebSocket(
  req: Request,
  first?: WebSocketHandlers | WebSocketUpgradeOptions,
  options?: WebSocketUpgradeOptions,
): Response | { socket: WebSocket; response: Response } {
  if (req.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    throw new HttpError(400, "Expected a WebSocket upgrade request");
  }
  if (!isHandlers(first)) return Deno.upgradeWebSocket(req, first ?? {});
  const { socket, response } = Deno.upgradeWebSocket(req, options ?? {});
  if (first.open) socket.addEventListener("open", () => first.open?.(socket));
  if (first.message) socket.addEventListener("message", (event) => first.message?.(socket, event));
  if (first.close) {
    socket.addEventListener("close", (event) => first.close?.(socket, event.code, event.reason));
  }
  if (first.error) socket.addEventListener("error", (event) => first.error?.(socket, event));
  return response;
}
