import { PRIVATE_NETWORKS } from "@/lib/gate/public_address.ts";
import type { Settings } from "@/lib/gate/settings.ts";

/**
 * The hosts that a server may reach: its own port, and the listed hosts. `ATOLL_FETCH` allows every host, because
 * `safeFetch()` resolves names itself and connects to addresses. With `public`, private IPv4 networks are excluded.
 * Deno accepts no IPv6 networks, so only `safeFetch()` refuses private ones.
 */
export function netRights(settings: Settings, hosts: readonly string[]): string[] {
  const { fetch } = settings;
  if (fetch !== "public" && fetch.length === 0) {
    const all = [...listens(settings), ...hosts];
    return all.length > 0 ? [`--allow-net=${all.join(",")}`] : [];
  }
  if (fetch !== "public") return ["--allow-net"];
  const own = settings.host === "localhost" ? "127.0.0.1" : settings.host;
  const denied = PRIVATE_NETWORKS.flatMap((network) => without(network, own));
  return ["--allow-net", `--deny-net=${denied.join(",")}`];
}

// A host that is none is left to the server, which says that it cannot listen there.
function listens({ host, port }: Settings): string[] {
  const name = host.includes(":") ? `[${host.replace(/^\[|\]$/g, "")}]` : host;
  if (!/^(?:[\w.-]+|\[[0-9a-f:.]+\])$/i.test(name)) return [];
  // Which port it gets for 0 nobody knows before.
  return [port === 0 ? name : `${name}:${port}`];
}

/** The rest of a network without one address. A denied address overrides a permitted one, also for listening. */
export function without(network: string, address: string): string[] {
  const [start = "", text = "32"] = network.split("/");
  const [bits, first, one] = [Number(text), numberOf(start), numberOf(address)];
  if (first === undefined || one === undefined || one < first || one >= first + 2 ** (32 - bits)) {
    return [network];
  }
  const parts: string[] = [];
  for (let length = bits + 1, from = first; length <= 32; length++) {
    const size = 2 ** (32 - length);
    const upper = one >= from + size;
    parts.push(`${textOf(upper ? from : from + size)}/${length}`);
    if (upper) from += size;
  }
  return parts;
}

function numberOf(address: string): number | undefined {
  const parts = address.split(".").map(Number);
  if (parts.length !== 4 || !parts.every((part) => part >= 0 && part <= 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function textOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
