import { Fragment, h, type VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { type Context, getInternals } from "./context.ts";
import { findPath, isSignal, type Stringifier, stringify, UnserializableError } from "./jsonify/stringify.ts";
import { mergeHead } from "./runtime/server/head.ts";
import { installHooks } from "./runtime/server/hooks.ts";
import { enterState, newRenderState, type RenderState, SlotRef } from "./runtime/server/state.ts";

installHooks();

const HTML = "text/html; charset=utf-8";
const NONCE = Symbol("nonce");

/** The nonce the scripts and styles of a page carry. Kept on the response: a WeakMap of them costs more to collect. */
export function nonceOf(response: Response): string | undefined {
  return (response as { [NONCE]?: string })[NONCE];
}

/** Draws a page as a complete document. */
export function renderPage(ctx: Context<unknown>, content: VNode | null, init: ResponseInit): Response {
  const { buildCache, pathname } = getInternals(ctx);
  const state = newRenderState(ctx, buildCache, pathname);
  const html = draw(state, content);
  const headers = pageHeaders(init.headers, preloadLinks(state));
  const response = new Response(html, { ...init, headers });
  return Object.assign(response, { [NONCE]: state.nonce });
}

function pageHeaders(given: HeadersInit | undefined, preload: string): HeadersInit {
  // Most pages set none; a Headers object more costs as much as drawing ten elements
  if (given === undefined) {
    return preload === "" ? { "content-type": HTML } : { "content-type": HTML, link: preload };
  }
  const headers = new Headers(given);
  if (!headers.has("content-type")) headers.set("content-type", HTML);
  if (preload !== "") headers.append("link", preload);
  return headers;
}

function draw(state: RenderState, content: VNode | null): string {
  const before = enterState(state);
  try {
    const body = renderToString(content ?? h(Fragment, null));
    const templates = drawOpenSlots(state);
    const head = state.head.length === 0 ? "" : renderToString(h(Fragment, null, state.head));
    return assemble(state, body, head, templates + bootScript(state));
  } finally {
    enterState(before);
    for (const { vnode, type, props } of state.restore.toReversed()) {
      vnode.type = type;
      vnode.props = props;
    }
  }
}

function assemble(state: RenderState, body: string, head: string, tail: string): string {
  let html = body;
  if (!state.hasBody && !state.hasHtml) html = `<body>${html}</body>`;
  if (!state.hasHead && !state.hasHtml) html = `<head><meta charset="utf-8"/></head>${html}`;
  if (!state.hasHtml) html = `<html>${html}</html>`;
  if (head !== "") html = mergeHead(html, head);
  if (tail !== "") {
    const end = html.lastIndexOf("</body>");
    html = end === -1 ? html + tail : html.slice(0, end) + tail + html.slice(end);
  }
  return `<!DOCTYPE html>${html}`;
}

/** Slots their island has not drawn wait in templates. Drawing one may open others. */
function drawOpenSlots(state: RenderState): string {
  let html = "";
  for (const { drawn, id, name, content } of state.slots) {
    if (drawn) continue;
    html += `<template id="frsh-${id}-${name}" data-key="${id}">${
      renderToString(h(Fragment, null, content))
    }</template>`;
  }
  return html;
}

function bootScript(state: RenderState): string {
  const { buildCache, nonce, used, ctx } = state;
  const { basePath } = ctx.config;
  let html = "";
  if (buildCache.devScript !== undefined) {
    html += `<script type="module" src="${basePath}${buildCache.devScript}" nonce="${nonce}"></script>`;
  }
  if (used.size === 0) return html;
  const names = new Map<string, string[]>([[buildCache.runtimeFile, ["boot"]]]);
  const islands: string[] = [];
  for (const { name, exportName, file } of used) {
    const list = names.get(file) ?? [];
    names.set(file, list);
    list.push(exportName === name ? name : `${exportName} as ${name}`);
    islands.push(name);
  }
  let script = "";
  for (const [file, list] of names) script += `import{${list.join(",")}}from"${basePath}${file}";`;
  script += `boot({${islands.join(",")}},${quote(islandProps(state))});`;
  return `${html}<script type="module" nonce="${nonce}">${script}</script>`;
}

// Single quotes: JSON is full of double ones, each of which would need a backslash. What would end or open an
// element is broken up, wherever it stands in the text
function quote(json: string): string {
  const text = /[\\'\u2028\u2029]/.test(json)
    ? json.replace(/[\\']/g, "\\$&").replace(/\u2028/g, "\\u2028").replace(/\u2029/g, "\\u2029")
    : json;
  return `'${text.includes("<") ? text.replace(/<(\/(?:script|style)|!--|script)/gi, "\\x3C$1") : text}'`;
}

const describe: Stringifier = (value) => {
  if (value instanceof SlotRef) return { type: "Slot", value: { name: value.name, id: value.id } };
  if (!isSignal(value)) return undefined;
  return { type: isWritable(Object.getPrototypeOf(value)) ? "Signal" : "Computed", value: value.peek() };
};

// There are two kinds of signals, so two prototypes
const writable = new Map<object, boolean>();

function isWritable(proto: object): boolean {
  const known = writable.get(proto);
  if (known !== undefined) return known;
  let owner: object | null = proto;
  while (owner !== null && !Object.hasOwn(owner, "value")) owner = Object.getPrototypeOf(owner);
  const found = owner !== null && Object.getOwnPropertyDescriptor(owner, "value")?.set !== undefined;
  writable.set(proto, found);
  return found;
}

function islandProps({ islands }: RenderState): string {
  try {
    return stringify(islands.map(({ props }) => props), describe);
  } catch (error) {
    if (!(error instanceof UnserializableError)) throw error;
    for (const { island, props } of islands) {
      const path = findPath(props, error.value);
      if (path === null) continue;
      throw new TypeError(`Cannot pass prop "${path}" to island "${island.name}": it is ${error.kind}`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** A `Link` header that starts the download of the page's scripts with the page. */
function preloadLinks({ used, buildCache, ctx }: RenderState): string {
  if (used.size === 0) return "";
  const files = new Set([buildCache.runtimeFile]);
  for (const { file } of used) files.add(file);
  const { basePath } = ctx.config;
  return Array.from(files, (file) => `<${basePath}${file}>; rel="modulepreload"; as="script"`).join(", ");
}
