import { BlockList, isIP } from "node:net";
import { plainAddress } from "@/lib/value/address.ts";

/** A set of addresses of the internet. */
export interface AddressSet {
  /** Whether an address is in it; what is no address is not. */
  has(address: string): boolean;
}

/**
 * The addresses that are listed one by one or as networks, such as `10.0.0.0/8` or `fd00::/8`.
 *
 * @throws {RangeError} for what is neither; the message quotes it.
 */
export function addressSet(networks: readonly string[]): AddressSet {
  // One list for each family: in one list, addresses of version 4 also count as those of version 6 that carry them.
  const lists = { 4: new BlockList(), 6: new BlockList() };
  for (const network of networks) {
    const [address = "", length] = network.split("/");
    const family = isIP(address) as 0 | 4 | 6;
    const bits = length === undefined ? (family === 4 ? 32 : 128) : /^\d{1,3}$/.test(length) ? +length : -1;
    if (family === 0 || address.includes("%") || bits < 0 || bits > (family === 4 ? 32 : 128)) {
      throw new RangeError(`${network} is neither an address nor a network such as 10.0.0.0/8`);
    }
    lists[family].addSubnet(address, bits, nameOf(family));
  }
  return {
    has: (given) => {
      const address = plainAddress(given);
      const family = isIP(address) as 0 | 4 | 6;
      return family !== 0 && !address.includes("%") && lists[family].check(address, nameOf(family));
    },
  };
}

function nameOf(family: 4 | 6): "ipv4" | "ipv6" {
  return family === 4 ? "ipv4" : "ipv6";
}
