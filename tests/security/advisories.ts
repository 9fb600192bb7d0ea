/** A hole of a package that was made known. */
export interface Advisory {
  readonly id: string;
  /** Name of the package. */
  readonly of: string;
  /** The first version that has it. Default all. */
  readonly from?: string;
  /** The first version that has it no more. */
  readonly fixed: string;
}

/**
 * Holes of severity high or critical in packages that this project has, or had one of its packages ask for. State of
 * November 2026. Servers of packages are asked for newer ones by `deno audit`, which is part of a release: a test that
 * asked them would need the network.
 */
export const ADVISORIES: readonly Advisory[] = [
  { id: "CVE-2023-4863", of: "sharp", fixed: "0.32.6" },
  { id: "CVE-2022-29256", of: "sharp", fixed: "0.30.5" },
  { id: "CVE-2022-25887", of: "sanitize-html", fixed: "2.7.1" },
  { id: "CVE-2021-26539", of: "sanitize-html", fixed: "2.3.1" },
  { id: "CVE-2021-26540", of: "sanitize-html", fixed: "2.3.2" },
  { id: "CVE-2022-21680", of: "marked", fixed: "4.0.10" },
  { id: "CVE-2022-21681", of: "marked", fixed: "4.0.10" },
  { id: "CVE-2022-24434", of: "busboy", fixed: "1.0.0" },
  { id: "CVE-2022-36313", of: "file-type", fixed: "16.5.4" },
  { id: "CVE-2022-36313", of: "file-type", from: "17.0.0", fixed: "17.1.3" },
  { id: "CVE-2021-23566", of: "nanoid", fixed: "3.1.31" },
  { id: "CVE-2022-25883", of: "semver", from: "7.0.0", fixed: "7.5.2" },
  { id: "CVE-2022-25883", of: "semver", fixed: "5.7.2" },
  { id: "CVE-2021-23382", of: "postcss", from: "8.0.0", fixed: "8.2.13" },
  { id: "CVE-2023-44270", of: "postcss", fixed: "8.4.31" },
  { id: "CVE-2017-16137", of: "debug", fixed: "2.6.9" },
  { id: "GHSA-8mgj-vmr8-frr6", of: "debug", from: "4.4.2", fixed: "4.4.3" },
  { id: "CVE-2025-59288", of: "playwright-core", fixed: "1.55.1" },
  { id: "GHSA-36hm-qxxp-pg3m", of: "preact", from: "10.28.0", fixed: "10.28.2" },
  { id: "GHSA-36hm-qxxp-pg3m", of: "preact", from: "10.27.0", fixed: "10.27.3" },
  { id: "GHSA-36hm-qxxp-pg3m", of: "preact", from: "10.26.5", fixed: "10.26.10" },
];

/** Whether one version comes before another. */
export function isBefore(one: string, other: string): boolean {
  const [a, b] = [numbersOf(one), numbersOf(other)];
  const at = a.findIndex((number, at) => number !== b[at]);
  return at >= 0 && (a[at] as number) < (b[at] as number);
}

// A version that is not out yet comes before the one that is.
function numbersOf(version: string): readonly number[] {
  const [plain = "", before] = version.split("-");
  const [major = 0, minor = 0, patch = 0] = plain.split(".").map(Number);
  return [major, minor, patch, before === undefined ? 1 : 0];
}
