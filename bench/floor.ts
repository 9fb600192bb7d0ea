/**
 * The physical reference: bare `Deno.serve`, hand-written pages, no framework.
 *
 * `deno run -A bench/floor.ts <hello|many200|many1000> <port>`. `GET /` is the page; `POST /` counts a press and answers
 * with a stream. `FLOOR_BYTES` names a file that `GET /same` answers with, and `FLOOR_FRAMES` one whose frames
 * `POST /frames` streams, and `POST /keep` once the body is safe in a file of the folder `FLOOR_DATA`. `POST /files` keeps
 * its body in that folder. `POST /tokens` streams 500 lines, `/tokens/paced` 100 of them a second; `/story` a frame every
 * 50 ms after the one it is told, and `/hold` one and then nothing.
 */
import { hold, Kept, story, tokens } from "./floor_streams.ts";

const [app = "hello", port = "0"] = Deno.args;
const STYLE = "body{font:16px/1.5 system-ui;max-width:48rem;margin:2rem auto;padding:0 1rem}" +
  "label{display:block;margin:.5rem 0}input{display:block;width:100%;padding:.5rem;border:1px solid #888;border-radius:" +
  ".4rem}button{padding:.6rem 1rem}";
const SCRIPT = `async function sent(e){e.preventDefault();const a=await fetch("/",{method:"POST",` +
  `headers:{"content-type":"application/json"},body:JSON.stringify({x:document.getElementById("f0").value})});` +
  `const r=a.body.pipeThrough(new TextDecoderStream()).getReader();let t="";for(;;){const{done,value}=await r.read();` +
  `if(done)break;t+=value;for(let i;(i=t.indexOf("\\n\\n"))>=0;t=t.slice(i+2))` +
  `document.getElementById("out").textContent=JSON.parse(t.slice(6,i))}}`;

const encoder = new TextEncoder();
const html = { headers: { "content-type": "text/html; charset=utf-8" } };
const lines = { headers: { "content-type": "application/x-ndjson" } };
const events = { headers: { "content-type": "text/event-stream" } };

const page = encoder.encode(document(app));
const same = await given("FLOOR_BYTES");
const frames = new TextDecoder().decode(await given("FLOOR_FRAMES")).split(/(?<=\n\n)/).map((frame) =>
  encoder.encode(frame)
);
const data = Deno.env.get("FLOOR_DATA") ?? "";
const kept = new Kept(data);
let presses = 0;

// Senders that go before they have sent all are part of what is measured; nobody needs to read of them.
const onError = () => new Response(null, { status: 500 });
Deno.serve({ port: Number(port), hostname: "127.0.0.1", onListen() {}, onError }, async (request) => {
  const { pathname } = new URL(request.url);
  if (request.method === "GET") return new Response(pathname === "/same" ? same : page, html);
  if (pathname === "/files") {
    const path = await Deno.makeTempFile({ dir: data });
    await Deno.writeFile(path, request.body ?? new Uint8Array());
    const { size } = await Deno.stat(path);
    await Deno.remove(path);
    return Response.json({ size });
  }
  const body = await request.text();
  const { x, after, session } = JSON.parse(body) as Asked;
  if (pathname.startsWith("/tokens")) return new Response(tokens(pathname.endsWith("/paced")), lines);
  if (pathname === "/hold") return new Response(hold(session), events);
  if (pathname === "/keep") await kept.add(body);
  // Whoever follows a run asks at the page itself.
  if (after !== undefined || body.startsWith('{"action":"story"')) return new Response(story(after), events);
  return stream(
    pathname === "/frames" || pathname === "/keep"
      ? frames
      : [encoder.encode(`data: ${JSON.stringify(`${x} #${++presses}`)}\n\n`)],
  );
});

interface Asked {
  readonly x: string;
  readonly session: string;
  /** Number of the last frame that the client has. */
  readonly after?: number;
}

function stream(pieces: readonly Uint8Array[]): Response {
  const body = new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  return new Response(body, events);
}

async function given(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const path = Deno.env.get(name);
  return path === undefined ? new Uint8Array() : await Deno.readFile(path);
}

function document(app: string): string {
  const count = app.startsWith("many") ? Number(app.slice(4)) : 0;
  const field = (_: unknown, i: number) => `<label>Field ${i}<input id="f${i}" value="v${i}"></label>`;
  const fields = count > 0
    ? Array.from({ length: count }, field).join("")
    : `<label>Name<input id="f0" value="World"></label><label>Times<input type="range" min="1" max="10" value="2"></label>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<link rel="icon" href="data:,"><title>Floor</title><style>${STYLE}</style><script>${SCRIPT}</script><main><h1>Hello</h1>` +
    `<form onsubmit="sent(event)">${fields}<button id="go">Go</button></form><output id="out"></output></main></html>`;
}
