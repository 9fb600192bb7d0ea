import type { Context, Middleware } from "fresh";
import type { Accounts } from "@/lib/accounts/accounts.ts";
import { demoFor } from "@/lib/demo/allowed.ts";
import { titleOf } from "@/lib/demo/title.ts";
import type { Demo, PageHost } from "@/lib/demo/blocks.tsx";
import type { Clock, Engine } from "@/lib/engine/engine.ts";
import { userOf } from "@/lib/engine/sessions.ts";
import { type Blobs, toRef } from "@/lib/store/port.ts";
import { networkOf } from "@/lib/value/address.ts";
import { Fault } from "@/lib/value/fault.ts";
import type { AuthState } from "./auth_state.ts";
import { draw } from "./draw.tsx";
import { answerFiles } from "./file_routes.ts";
import { readForm } from "./form.ts";
import { suffixOf } from "./guard.ts";
import { answerEvent, type PageRequest } from "./native.ts";
import { pathOf } from "./path.ts";
import { runForm } from "./plain_form.ts";
import { refuse } from "./reply.ts";
import { isVisit } from "./visit.ts";

/** What demo pages find on their context. */
export interface AtollState extends AuthState {
  atoll?: PageHost;
}

/** What the host of pages is told. */
export interface HostOptions {
  readonly engine: Engine;
  readonly blobs: Blobs;
  readonly clock: Clock;
  /** What the guards of pages share. */
  readonly accounts?: Accounts | undefined;
  /** Largest upload in bytes. */
  readonly maxUploadBytes: number;
  /** Origin that files are read at; default that of the page. */
  readonly filesOrigin?: string | undefined;
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
    if (options.accounts) context.state.accounts = options.accounts;
    context.state.atoll = { answer: (demo) => answer(demo, context, options) };
    return context.next();
  };
}

async function answer<S extends AtollState>(
  whole: Demo,
  context: Context<S>,
  options: HostOptions,
): Promise<Response> {
  const { req, state } = context;
  if (isVisit(req)) {
    options.engine.found(pathOf(req.url), whole);
    return new Response(null, { status: 204 });
  }
  // From here on there is no more of the demo than they may see, for whatever protocol.
  const user = state.account?.user;
  const demo = demoFor(whole, user);
  state.title ??= `${titleOf(demo, pathOf(req.url))} · Atoll`;
  const at: PageRequest = { request: req, page: pathOf(req.url), user, client: () => clientOf(context) };
  try {
    const met = options.engine.meet(at.page, whole);
    if (met) await met;
    const suffix = suffixOf(req);
    if (suffix) {
      const { request, id } = suffix;
      const owner = () => options.engine.sessions.open(request.headers.get("atoll-session"), user?.id).id;
      return await answerFiles({ request, page: at.page, id }, {
        blobs: options.blobs,
        owner,
        url: (id) => options.engine.fileUrl(at.page, id, owner()),
        maxBytes: options.maxUploadBytes,
        network: networkOf(at.client()),
        mayRead: ({ owner }) => [undefined, user?.id].includes(userOf(owner)),
        apart: options.filesOrigin !== undefined && user === undefined,
      });
    }
    switch (req.method) {
      case "GET":
      case "HEAD":
        return await context.render(
          draw(demo, { url: at.page, session: options.engine.sessions.mint(user?.id) }),
          { headers: PAGE_HEADERS },
        );
      case "POST":
        if (isForm(req)) return await answerForm(demo, context, at, options);
        return await answerEvent(at, { demo, ...options });
      default: {
        const fault = new Fault("method_not_allowed", `A demo answers GET and POST, not ${req.method}`);
        return refuse(fault, { headers: { allow: "GET, HEAD, POST" } });
      }
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
  const user = at.user?.id;
  let token = engine.sessions.mint(user);
  const owner = (text: (name: string) => string | undefined): string => {
    const named = text("$session");
    if (named !== undefined && engine.sessions.knows(named, user)) token = named;
    return engine.sessions.open(token, user).id;
  };
  const url = (id: string) => engine.fileUrl(at.page, id, engine.sessions.open(token, user).id);
  const entries = await readForm(at.request, {
    owner,
    blobs,
    url,
    limits: { maxFileBytes: maxUploadBytes },
  });
  owner((name) => entries.get(name)?.texts[0]);
  const { id } = engine.sessions.open(token, user);
  const fileOf = async (file: string) => {
    const record = await blobs.get(file);
    return record?.owner === id ? toRef(record, url(file)) : undefined;
  };
  const outcome = await runForm(at, entries, { demo, engine, token, fileOf });
  return await context.render(
    draw(demo, { url: at.page, session: token, ...outcome }),
    { status: outcome.code, headers: PAGE_HEADERS },
  );
}

function isForm(request: Request): boolean {
  const type = request.headers.get("content-type") ?? "";
  return type.startsWith("multipart/form-data") || type.startsWith("application/x-www-form-urlencoded");
}

function clientOf<S>(context: Context<S>): string {
  const address = (context.info as Deno.ServeHandlerInfo | undefined)?.remoteAddr as Deno.NetAddr | undefined;
  return address?.hostname ?? "";
}
