import type { Context } from "../context.ts";
import type { Middleware } from "./mod.ts";

/** Which addresses are let in: single ones or networks such as `10.0.0.0/8`. */
export interface IpFilterRules {
  /** Addresses refused. */
  denyList?: string[];
  /** Addresses let in; with such a list all others are refused. */
  allowList?: string[];
}

/** Options of {@linkcode ipFilter}. */
export interface IpFilterOptions<State = unknown> {
  /** Makes the answer to a refused address. @default 403 Forbidden */
  onError?: (
    remote: { addr: string; type: "IPv4" | "IPv6" | undefined },
    ctx: Context<State>,
  ) => Response | Promise<Response>;
}

interface Network {
  readonly bits: 32 | 128;
  readonly value: bigint;
  readonly shift: bigint;
}

/** Lets requests in by the address they come from. A denied address is refused even when it is also allowed. */
export function ipFilter<State>(
  rules: IpFilterRules,
  options: IpFilterOptions<State> = {},
): Middleware<State> {
  const denied = (rules.denyList ?? []).map(parseNetwork);
  const allowed = (rules.allowList ?? []).map(parseNetwork);
  return (ctx) => {
    const { remoteAddr } = ctx.info;
    const addr = "hostname" in remoteAddr ? remoteAddr.hostname : "";
    const parsed = parseAddress(addr);
    const passes = parsed !== null && !denied.some((network) => contains(network, parsed)) &&
      (allowed.length === 0 || allowed.some((network) => contains(network, parsed)));
    if (passes) return ctx.next();
    const type = parsed === null ? undefined : parsed.bits === 32 ? "IPv4" : "IPv6";
    return options.onError?.({ addr, type }, ctx) ?? new Response("Forbidden", { status: 403 });
  };
}

function contains(network: Network, address: Network): boolean {
  return network.bits === address.bits && network.value >> network.shift === address.value >> network.shift;
}

function parseNetwork(text: string): Network {
  const [address = "", size] = text.split("/");
  const parsed = parseAddress(address);
  const length = size === undefined ? parsed?.bits : Number(size);
  if (parsed === null || length === undefined || !(length >= 0 && length <= parsed.bits)) {
    throw new TypeError(
      `Cannot filter by "${text}": it is neither an address nor a network such as "10.0.0.0/8"`,
    );
  }
  return { ...parsed, shift: BigInt(parsed.bits - length) };
}

function parseAddress(text: string): Network | null {
  // An IPv4 address that came in over IPv6
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text);
  const plain = mapped?.[1] ?? text;
  const value = plain.includes(":") ? parseV6(plain) : parseV4(plain);
  return value === null ? null : { bits: plain.includes(":") ? 128 : 32, value, shift: 0n };
}

function parseV4(text: string): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function parseV6(text: string): bigint | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [left = [], right] = halves.map((half) => half === "" ? [] : half.split(":"));
  const missing = 8 - left.length - (right?.length ?? 0);
  if (right === undefined ? missing !== 0 : missing < 1) return null;
  const parts = [...left, ...Array.from({ length: missing }, () => "0"), ...(right ?? [])];
  if (!parts.every((part) => /^[\da-f]{1,4}$/i.test(part))) return null;
  return parts.reduce((sum, part) => (sum << 16n) | BigInt(`0x${part}`), 0n);
}
