import { readIslandProps } from "./island_props.ts";
import { type Answer, HEADERS } from "./probes.ts";

/**
 * Takes out of an answer what may differ from build to build or is the framework's own affair: hashes, nonces, paths
 * of the machine, the names of scripts, and how island props are written. The islands and the values of their props
 * stay in.
 */
export function normalise({ status, headers, body }: Answer): Answer {
  const kept: Record<string, string> = {};
  const isPage = /html/.test(headers["content-type"] ?? "");
  const hasRoot = /"root\\?":/.test(body);
  for (const name of HEADERS) {
    const value = headers[name];
    // A body that names the folder it runs in is as long as that name makes it
    if (value === undefined || (name === "content-length" && (isPage || hasRoot))) continue;
    kept[name] = name === "link" ? "modulepreload" : plain(value);
  }
  return { status, headers: kept, body: plain(body.replace(BOOT, canonicalBoot)) };
}

const BOOT = /<script type="module" nonce="[^"]*">import.*?boot\(\{(.*?)\},(["'].*?)\);<\/script>/gs;

function canonicalBoot(_: string, names: string, literal: string): string {
  let signals = 0;
  const list = readIslandProps<Record<string, unknown>[]>(new Function(`return ${literal}`)(), {
    Signal: (value: unknown) => ({ signal: signals++, value }),
    Slot: (value: unknown) => ({ slot: value }),
  });
  // Upstream wraps the props of each island
  const props = list.map((item) => "slots" in item && "props" in item ? item.props : item);
  return `<boot ${names} ${
    Deno.inspect(props, { depth: 20, sorted: true, compact: true, breakLength: Infinity })
  }>`;
}

function plain(text: string): string {
  return text
    .replace(/"root\\?":\\?"[^"\\]*/g, `"root":"ROOT`)
    .replace(/^W\/"[0-9a-f]{40}/, 'W/"BUILD')
    .replace(/(__frsh_c=|\/_fresh\/js\/)[0-9a-f]{16,40}\b/g, "$1BUILD")
    .replace(/nonce(="|-)[0-9a-f]{32}/g, "nonce$1N")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "UUID");
}
