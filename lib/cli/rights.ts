import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readSettings, type Settings } from "@/lib/gate/settings.ts";
import { checkAllowed } from "./allowed.ts";
import { BUILDS, type HeldBuild, SCRIPTS } from "./builds.ts";
import { refuseUnknownSettings } from "./known_settings.ts";
import { netRights } from "./net_rights.ts";

/** The rights of a server: it can reach nothing else on this machine. */
export interface Rights {
  /** Flags of `deno run`. */
  readonly flags: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The settings of the operator. */
  readonly settings: Settings;
}

/** Options of {@linkcode rightsOf}. */
export interface RightsOptions {
  /** The project's folder. */
  readonly root: URL;
  /** The build that is started. Default none yet: the folder of the project itself. */
  readonly build?: Pick<HeldBuild, "root" | "others"> | undefined;
  /** The environment of the launcher. */
  readonly env: Env;
  /** Socket at which it asks for processes of handlers, if it may. */
  readonly starter?: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The files of its build that the server reads: neither `.env` nor `.git` nor anything else that lies in the project.
 */
const OWN = [
  "_fresh",
  "components",
  "islands",
  "lib",
  "links",
  "main.ts",
  "node_modules",
  "routes",
  "static",
];
/** By it packages with native parts find out which C library there is. */
const LDD = "/usr/bin/ldd";
/** Variables for Deno itself; the server's code may not read them. */
const PASSED = [
  /^(?:DENO_|OTEL_|LC_|SSL_CERT_)/,
  /^(?:HOME|JSR_URL|LANG|NO_COLOR|NODE_EXTRA_CA_CERTS|TMPDIR|TZ|XDG_CACHE_HOME)$/,
  /^(?:SystemRoot|LOCALAPPDATA|USERPROFILE|TEMP|TMP)$/,
];

/**
 * The narrowest rights with which the server works. Further rights for demos are in `ATOLL_ALLOW_NET`, `_READ`,
 * `_WRITE`, `_ENV`, `_SYS`, `_RUN` and `_FFI`, in the form of Deno's flags.
 *
 * @throws {RangeError} when a setting is wrong, or would let the server write over itself.
 */
export async function rightsOf({ root, build, env, starter }: RightsOptions): Promise<Rights> {
  const names = new Set<string>();
  const given = { ATOLL_STARTER: starter, ATOLL_BUILDS: build?.others.join(",") };
  const get = (name: string) => {
    names.add(name);
    return name in given ? given[name as keyof typeof given] : env[name];
  };
  const settings = readSettings(get);
  refuseUnknownSettings(env, names);
  const folder = fileURLToPath(root);
  const run = fileURLToPath(build?.root ?? root);
  const others = build?.others.map((id) => resolve(folder, BUILDS, id, SCRIPTS)) ?? [];
  const kept = keptIn(folder, settings);
  const socket = starter === undefined ? [] : [starter];
  const secret = env.ATOLL_SECRET_FILE ? [resolve(folder, env.ATOLL_SECRET_FILE)] : [];
  const modules = await realPath(resolve(run, "node_modules"), resolve(folder, "node_modules"));
  const more = (right: string) => listed(env[`ATOLL_ALLOW_${right.toUpperCase()}`]);
  for (const right of ["net", "env", "sys"]) checkAllowed(right, more(right));
  const own = {
    read: [...OWN.map((part) => resolve(run, part)), modules, ...others, LDD, ...kept, ...secret, ...socket]
      .map(quoted),
    write: [...kept, ...socket].map(quoted),
    env: [...names],
    // How much room the disk has.
    sys: ["statfs"],
    ffi: (await addons(modules)).map(quoted),
    run: [],
  };
  const flags = [
    "--no-prompt",
    "--cached-only",
    // To packages, the variables that they may not see are not there.
    "--ignore-env",
    `--allow-import=${registry(env.JSR_URL)}`,
    ...more("run").length > 0 ? [] : ["--deny-run"],
    ...netRights(settings, [...socket.map((path) => `unix:${quoted(path)}`), ...more("net")]),
  ];
  for (const [right, list] of Object.entries(own)) {
    const all = [...new Set([...list, ...more(right), ...inBuild(right, more(right))])];
    if (all.length > 0) flags.push(`--allow-${right}=${all.join(",")}`);
  }
  return { flags, env: passedOn(), settings };

  // A folder of the project that is linked to is found by both its names.
  function inBuild(right: string, paths: readonly string[]): string[] {
    if (run === folder || !["read", "write", "ffi"].includes(right)) return [];
    return paths.map((path) => resolve(folder, path)).filter((path) =>
      isWithin(folder, path) && path !== folder
    )
      .map((path) => resolve(run, relative(folder, path)));
  }

  function passedOn(): Record<string, string> {
    const passed: Record<string, string> = {};
    for (const [name, value] of Object.entries({ ...env, ...given })) {
      const wanted = names.has(name) || more("env").includes(name) ||
        PASSED.some((pattern) => pattern.test(name));
      if (value !== undefined && wanted) passed[name] = value;
    }
    return passed;
  }
}

/**
 * Host and port of JSR. Deno asks for the right to import from it even when the package is cached; with `--cached-only`
 * nothing is fetched by that right.
 *
 * @throws {RangeError} when `JSR_URL` is not a URL of a web server.
 */
function registry(address = "https://jsr.io/"): string {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new RangeError(`Cannot use JSR_URL=${address}: it must be an address such as https://jsr.io/`);
  }
  return `${url.hostname}:${url.port || (url.protocol === "http:" ? 80 : 443)}`;
}

function listed(text = ""): string[] {
  return text.split(",").map((one) => one.trim()).filter((one) => one !== "");
}

// A comma would end the path in a flag; doubled it stands for itself.
function quoted(path: string): string {
  return path.replaceAll(",", ",,");
}

function keptIn(folder: string, { data, store }: Settings): string[] {
  const kept = [{ name: "ATOLL_DATA", text: data, path: resolve(folder, data) }];
  if (store !== undefined) {
    const path = dirname(resolve(folder, store.slice("sqlite:".length)));
    kept.push({ name: "STORE", text: store, path });
  }
  // Of a link, both its name and where it leads to: the server asks for the one and locks the other.
  const places = kept.flatMap((one) => {
    const real = withoutLinks(one.path);
    return real === one.path ? [one] : [one, { ...one, path: real }];
  });
  for (const { name, text, path } of places) {
    const system = /^\/(?:dev|proc|sys)(?=\/|$)/.exec(path)?.[0];
    if (system !== undefined && Deno.build.os !== "windows" && !path.startsWith("/dev/shm/")) {
      throw new RangeError(
        `Cannot use ${name}=${text}: ${system} belongs to the system, and no files are kept there`,
      );
    }
    // Around what it runs, or within: both ways something of its own would come to run.
    const over = [BUILDS, ...OWN].find((part) =>
      isWithin(path, resolve(folder, part)) || isWithin(resolve(folder, part), path)
    );
    if (over === undefined) continue;
    throw new RangeError(
      `Cannot use ${name}=${text}: the server could overwrite its own ${over}; ` +
        "use a separate folder, such as data",
    );
  }
  return places.map(({ path }) => path);
}

/** A path without links, of which the last parts need not be there. */
function withoutLinks(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(withoutLinks(above), basename(path));
  }
}

function isWithin(folder: string, path: string): boolean {
  return `${path}/`.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** The native parts of `sharp`: no other package of the project has any. */
async function addons(modules: string): Promise<string[]> {
  const found: string[] = [];
  const folder = resolve(modules, ".deno");
  if (!await Deno.stat(folder).then(() => true, () => false)) return found;
  for await (const { name } of Deno.readDir(folder)) {
    if (name.startsWith("@img+sharp-")) found.push(resolve(folder, name));
  }
  return found;
}

/** Target of the first of these paths that exists. */
async function realPath(path: string, ...others: readonly string[]): Promise<string> {
  return await Deno.realPath(path).catch(() => others.length > 0 ? realPath(...others as [string]) : path);
}
