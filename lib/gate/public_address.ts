import { isIPv4 } from "node:net";
import { addressSet } from "./guard/address.ts";

/** Networks of version 4 that are not the public internet: this machine, private ones, those between, those for tests. */
export const PRIVATE_NETWORKS: readonly string[] = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
];
const NOT_PUBLIC = addressSet(PRIVATE_NETWORKS);

// Only this part of version 6 is given out; what of it leads elsewhere, because an address of version 4 travels
// in it, or stands in documents only, is taken off again.
const GLOBAL = addressSet(["2000::/3"]);
const NOT_GLOBAL = addressSet([
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
]);

/** Whether a resolved address is one of the public internet, and none that stands for another network. */
export function isPublic(address: string): boolean {
  if (!address.includes(":")) return isIPv4(address) && !NOT_PUBLIC.has(address);
  // Also an address of version 4 in one of version 6, however it is written, is in no network that is given out.
  return !address.includes(".") && GLOBAL.has(address) && !NOT_GLOBAL.has(address);
}
