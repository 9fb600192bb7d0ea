/**
 * What an address of the internet is counted as: of version 4 itself, of version 6 its network of 64 bits, because whoever
 * has one address of it has 2^64 of them. However an address is written, it is counted as one: in capitals, with zeros in
 * front, shortened, with a zone, in brackets, or an address of version 4 that travels as one of version 6. What is no
 * address is counted as it is written.
 */
export function networkOf(address: string): string {
  // Most are of version 4, and come as they are counted.
  if (!address.includes(":")) return address;
  const groups = groupsOf(address);
  if (!groups) return address;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, high = 0, low = 0] = groups;
  if ((a | b | c | d | e) === 0 && f === 0xffff) {
    return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
  }
  return `${a.toString(16)}:${b.toString(16)}:${c.toString(16)}:${d.toString(16)}::/64`;
}

/** An address as it is compared: one of version 4 that travels as one of version 6 is taken out of it. */
export function plainAddress(address: string): string {
  if (!address.includes(":")) return address;
  const network = networkOf(address);
  return network.includes(":") ? address : network;
}

/** The eight numbers of an address of version 6; `undefined` when it is none. */
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

// The last part may be an address of version 4.
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
