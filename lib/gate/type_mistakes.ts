import type { ServerPaths } from "./server_paths.ts";
import { pathOf } from "./path.ts";

/** What the compiler says of a demo. */
export interface TypeMistake {
  /** The message, on one line or several. */
  readonly text: string;
  /** Where it is: `routes/demos/greeter.tsx:12:5`. */
  readonly at: string | undefined;
}

/** The script that shows type errors over a page. */
export const TYPES_SCRIPT = "/_atoll/type_mistakes.js";
const TYPES = "/_atoll/types";

/** Type errors of the demos, as the dev server last found them. Open pages are told when they change. */
export class TypeMistakes {
  readonly #open = new Set<ReadableStreamDefaultController<Uint8Array>>();
  #last: Uint8Array | undefined;

  /** Tells all pages. */
  tell(mistakes: readonly TypeMistake[]): void {
    this.#last = new TextEncoder().encode(`retry: 500\ndata: ${JSON.stringify(mistakes)}\n\n`);
    for (const page of this.#open) page.enqueue(this.#last);
  }

  /** Answers the script and what it asks for; `undefined` for everything else. */
  answer(request: Request): Response | Promise<Response> | undefined {
    if (!request.url.includes("/_atoll/")) return undefined;
    switch (pathOf(request.url)) {
      case TYPES:
        return new Response(this.#stream(), { headers: { "content-type": "text/event-stream" } });
      case TYPES_SCRIPT:
        return script();
      default:
        return undefined;
    }
  }

  #stream(): ReadableStream<Uint8Array> {
    let own: ReadableStreamDefaultController<Uint8Array>;
    return new ReadableStream({
      start: (controller) => {
        this.#open.add(own = controller);
        if (this.#last) controller.enqueue(this.#last);
      },
      cancel: () => void this.#open.delete(own),
    });
  }
}

/** Type errors of this process's demos: found by the dev server, shown by its pages. */
export const typeMistakes: TypeMistakes = new TypeMistakes();

/** As `paths`, and answers pages that ask for type errors. For development. */
export function withTypes(paths: ServerPaths): ServerPaths {
  return (request) => paths(request) ?? typeMistakes.answer(request);
}

async function script(): Promise<Response> {
  const text = await Deno.readTextFile(new URL("../client/type_mistakes.js", import.meta.url));
  return new Response(text, {
    headers: { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-store" },
  });
}
