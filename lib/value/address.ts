/**
 * The unit in which addresses are counted: an IPv4 address, or the /64 network of an IPv6 address, because its
 * owner has 2^64 addresses. All spellings of an address count as one: capitals, leading zeros, short forms, a zone,
 * brackets, an IPv4 address mapped to IPv6. Other text counts as it is written.
 */
export function networkOf(address: string): string {
  // Most addresses are IPv4, already in the right form.
  if (!address.includes(":")) return address;
  const groups = groupsOf(address);
  if (!groups) return address;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, high = 0, low = 0] = groups;
  if ((a | b | c | d | e) === 0 && f === 0xffff) {
    return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
  }
  return `${a.toString(16)}:${b.toString(16)}:${c.toString(16)}:${d.toString(16)}::/64`;
}

/** An address for comparison: an IPv4 address mapped to IPv6 becomes plain IPv4. */
export function plainAddress(address: string): string {
  if (!address.includes(":")) return address;
  const network = networkOf(address);
  return network.includes(":") ? address : network;
}

/** The eight numbers of an IPv6 address; `undefined` for other text. */
function groupsOf(address: string): number[] | undefined {
  const [text = ""] = address.replace(/^\[(.*)\]$/, "$1").split("%");
  const [before = "", after, ...more] = text.split("::");
  if (more.length > 0) return undefined;
  const head = numbersOf(before);
  const tail = after === undefined ? [] : numbersOf(after);
  if (!head || !tail) return undefined;
  const left = 8 - head.length - tail.length;
  if (after === undefined ? left !== 0 : left < 1) return undefined;
  return [...head, ...Array<number>(left).fill(0), ...tail];
}

// The last part may be an IPv4 address.
function numbersOf(text: string): number[] | undefined {
  if (text === "") return [];
  const numbers: number[] = [];
  const parts = text.split(":");
  for (const [at, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) numbers.push(parseInt(part, 16));
    else if (at === parts.length - 1 && /^\d{1,3}(?:\.\d{1,3}){3}$/.test(part)) {
      const bytes = part.split(".").map(Number) as [number, number, number, number];
      if (bytes.some((byte) => byte > 255)) return undefined;
      numbers.push(bytes[0] << 8 | bytes[1], bytes[2] << 8 | bytes[3]);
    } else return undefined;
  }
  return numbers;
}
