/** URL path of the socket that tells pages to reload. */
export const ALIVE_PATH = "/_frsh/alive";
/** URL path of the script that listens to it. */
export const DEV_SCRIPT_PATH = "/_frsh/dev.js";

/** Tells open pages when what they show has changed: by a new number on a socket, also after a restart. */
export class LiveReload {
  readonly #sockets = new Set<WebSocket>();
  #revision = Date.now();

  /** Answers the script and the socket, and nothing else. */
  handle(request: Request, pathname: string): Response | null {
    if (pathname === DEV_SCRIPT_PATH) {
      return new Response(SCRIPT, {
        headers: {
          "content-type": "text/javascript; charset=UTF-8",
          "cache-control": "no-store",
        },
      });
    }
    if (pathname !== ALIVE_PATH) return null;
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return new Response(null, { status: 426 });
    }
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => {
      this.#sockets.add(socket);
      this.#send(socket);
    };
    socket.onclose = () => this.#sockets.delete(socket);
    return response;
  }

  /** Makes all pages reload. */
  reload(): void {
    this.#revision = Math.max(Date.now(), this.#revision + 1);
    for (const socket of this.#sockets) this.#send(socket);
  }

  /** Closes all sockets. */
  close(): void {
    for (const socket of this.#sockets) socket.close();
  }

  #send(socket: WebSocket): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(
      JSON.stringify({ type: "initial-state", revision: this.#revision }),
    );
  }
}

const SCRIPT = `let revision = 0;
let wait = 50;
const url = new URL(import.meta.url.replace(/dev\\.js.*$/, "alive"));
url.protocol = url.protocol.replace("http", "ws");
function connect() {
  const socket = new WebSocket(url);
  socket.onopen = () => wait = 50;
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (revision !== 0 && revision !== message.revision) location.reload();
    revision = message.revision;
  };
  socket.onclose = () => setTimeout(connect, wait = Math.min(wait * 1.5, 1000));
}
addEventListener("beforeunload", () => revision = 0);
connect();
`;
