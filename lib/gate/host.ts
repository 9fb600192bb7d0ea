import type { Context, Middleware } from "fresh";
import type { Demo, PageHost } from "@/lib/demo/blocks.tsx";
import type { Clock, Engine } from "@/lib/engine/engine.ts";
import { fileUrl } from "@/lib/engine/engine.ts";
import type { Blobs } from "@/lib/store/port.ts";
import { Fault } from "@/lib/value/fault.ts";
import { draw } from "./draw.tsx";
import { deliver, receive } from "./files.ts";
import { readForm } from "./form.ts";
import { suffixOf } from "./guard.ts";
import { answerEvent, type PageRequest } from "./native.ts";
import { runForm } from "./plain_form.ts";
import { refuse } from "./reply.ts";

/** What demo pages find on their context. */
export interface AtollState {
  atoll?: PageHost;
  /** Title of the document, for the app wrapper. */
  title?: string;
}

/** What the host of pages is told. */
export interface HostOptions {
  readonly engine: Engine;
  readonly blobs: Blobs;
  readonly clock: Clock;
  /** Largest upload in bytes. */
  readonly maxUploadBytes: number;
  /** Whether clients may see the text of errors. */
  readonly dev: boolean;
}

const PAGE_HEADERS = { "cache-control": "no-store" };

/**
 * Middleware that answers for demo pages: it puts the page host on the state, where their routes find it. A route
 * component is handed the page's props only; the request's context, which can render with a status, stays here.
 */
export function hostPages<S extends AtollState>(options: HostOptions): Middleware<S> {
  return (context) => {
    context.state.atoll = { answer: (demo) => answer(demo, context, options) };
    return context.next();
  };
}

async function answer<S extends AtollState>(
  demo: Demo,
  context: Context<S>,
  options: HostOptions,
): Promise<Response> {
  const { req, state } = context;
  state.title ??= demo.title === undefined ? "Atoll" : `${demo.title} · Atoll`;
  const at: PageRequest = { request: req, page: pathOf(req.url), client: () => clientOf(context) };
  try {
    const suffix = suffixOf(req);
    if (suffix) return await answerFiles({ ...at, request: suffix.request }, suffix.id, options);
    switch (req.method) {
      case "GET":
      case "HEAD":
        return await context.render(
          draw(demo, { url: at.page, session: options.engine.sessions.mint() }),
          { headers: PAGE_HEADERS },
        );
      case "POST":
        if (isForm(req)) return await answerForm(demo, context, at, options);
        return await answerEvent(at, { demo, ...options });
      default:
        throw new Fault("method_not_allowed", `A demo answers GET and POST, not ${req.method}`);
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return refuse(error, { dev: options.dev });
  }
}

async function answerForm<S extends AtollState>(
  demo: Demo,
  context: Context<S>,
  at: PageRequest,
  { engine, blobs, maxUploadBytes }: HostOptions,
): Promise<Response> {
  // The form names its session in its first entry, before its files. One that is not known any more gets another.
  let token = engine.sessions.mint();
  const owner = (text: (name: string) => string | undefined): string => {
    const named = text("$session");
    if (named !== undefined && engine.sessions.knows(named)) token = named;
    return engine.sessions.open(token).id;
  };
  const entries = await readForm(at.request, {
    owner,
    blobs,
    url: (id) => fileUrl(at.page, id),
    limits: { maxFileBytes: maxUploadBytes },
  });
  owner((name) => entries.get(name)?.texts[0]);
  const outcome = await runForm(at, entries, { demo, engine, token });
  return await context.render(
    draw(demo, { url: at.page, session: token, ...outcome }),
    { status: outcome.code, headers: PAGE_HEADERS },
  );
}

async function answerFiles(at: PageRequest, id: string | undefined, options: HostOptions): Promise<Response> {
  const { request, page } = at;
  if (id !== undefined) {
    if (request.method === "GET" || request.method === "HEAD") {
      return await deliver(request, id, options.blobs);
    }
    throw new Fault("method_not_allowed", "A file answers GET and HEAD");
  }
  if (request.method !== "POST") throw new Fault("method_not_allowed", "Files are sent by POST");
  const session = options.engine.sessions.open(request.headers.get("atoll-session"));
  const ref = await receive(request, {
    owner: session.id,
    blobs: options.blobs,
    url: (id) => fileUrl(page, id),
    maxBytes: options.maxUploadBytes,
  });
  return Response.json(ref);
}

function isForm(request: Request): boolean {
  const type = request.headers.get("content-type") ?? "";
  return type.startsWith("multipart/form-data") || type.startsWith("application/x-www-form-urlencoded");
}

// Without making a URL of it, which costs more than all else that a small event needs here.
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const end = url.slice(start).search(/[?#]/);
  const path = end === -1 ? url.slice(start) : url.slice(start, start + end);
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function clientOf<S>(context: Context<S>): string {
  const address = (context.info as Deno.ServeHandlerInfo | undefined)?.remoteAddr as Deno.NetAddr | undefined;
  return address?.hostname ?? "";
}
