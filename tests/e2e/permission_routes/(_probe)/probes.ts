import { startThere } from "@/lib/engine/pool/start_there.ts";

/** What a probe is told: things that are there, and that a server has no business with. */
export interface Targets {
  /** A folder outside, with a file `canary`. */
  readonly outside: string;
  /** The project. */
  readonly project: string;
  /** What the server runs. */
  readonly build: string;
  /** A port of this machine at which somebody answers `canary`. */
  readonly port: number;
  /** A process of the same user. */
  readonly pid: number;
}

/** Attempts at what the server has no right to. Each gives what it got; with all rights each gets something. */
export const probes: Readonly<Record<string, (to: Targets) => unknown>> = {
  "read a file outside": ({ outside }) => Deno.readTextFile(`${outside}/canary`),
  "read it by Node": async ({ outside }) =>
    (await import("node:fs")).readFileSync(`${outside}/canary`, "utf8"),
  "look for it": async ({ outside }) => (await Deno.stat(`${outside}/canary`)).size,
  "list a folder outside": ({ outside }) => Array.fromAsync(Deno.readDir(outside), ({ name }) => name),
  "read the folder above": ({ project }) =>
    Array.fromAsync(Deno.readDir(`${project}/..`), ({ name }) => name),
  "read .env of the project": ({ project }) => Deno.readTextFile(`${project}/.env`),
  "load .env past the variables": async ({ project }) => {
    const { loadEnvFile } = await import("node:process");
    loadEnvFile(`${project}/.env`);
    return Deno.readTextFile(`${project}/.env`);
  },
  "read the machine's name": () => Deno.readTextFile("/etc/hostname"),
  "read the environment as a file": () => Deno.readTextFile("/proc/self/environ"),
  "open a database outside": async ({ outside }) => {
    const { DatabaseSync } = await import("node:sqlite");
    new DatabaseSync(`${outside}/own.db`).close();
    return "opened";
  },
  "write a file outside": ({ outside }) =>
    Deno.writeTextFile(`${outside}/written`, "x").then(() => "written"),
  "write over the build": async ({ build }) => {
    const path = `${build}/_fresh/server.js`;
    await Deno.writeTextFile(path, await Deno.readTextFile(path));
    return "written";
  },
  "write a route": ({ project }) => Deno.writeTextFile(`${project}/routes/x.txt`, "x").then(() => "written"),
  "make a link to what is outside": async ({ outside, project }) => {
    const link = `${Deno.env.get("ATOLL_DATA") ?? project}/link-${crypto.randomUUID()}`;
    await Deno.symlink(`${outside}/canary`, link);
    await Deno.remove(link);
    return "linked";
  },
  "see a variable of another name": () => must(Deno.env.get("CANARY_ENV")),
  "see it by Node": () => must(process.env["CANARY_ENV"]),
  "see it among all": () => must(Deno.env.toObject()["CANARY_ENV"]),
  "run a program": async () => (await new Deno.Command("/bin/echo", { args: ["ran"] }).output()).code + 1,
  "run Deno": async () =>
    (await new Deno.Command(Deno.execPath(), { args: ["--version"] }).output()).code + 1,
  "run a program by Node": async () =>
    (await import("node:child_process")).execFileSync("/bin/echo", ["ran"], { encoding: "utf8" }),
  "signal another process": ({ pid }) => {
    Deno.kill(pid, "SIGCONT");
    return "signalled";
  },
  "ask another port": async ({ port }) => (await fetch(`http://127.0.0.1:${port}/`)).text(),
  "ask it by another name": async ({ port }) => (await fetch(`http://localhost:${port}/`)).text(),
  "ask it by the address of all": async ({ port }) => (await fetch(`http://0.0.0.0:${port}/`)).text(),
  "connect to it": async ({ port }) => {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return "connected";
  },
  "connect to it by Node": async ({ port }) => {
    const { connect } = await import("node:net");
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const socket = connect(port, "127.0.0.1", () => resolve("connected"));
    socket.on("error", reject);
    return await promise.finally(() => socket.destroy());
  },
  "listen at another port": () => {
    Deno.listen({ hostname: "127.0.0.1", port: 0 }).close();
    return "listened";
  },
  "import from another host": async ({ port }) =>
    (await import(`http://127.0.0.1:${port}/module.js`)).default,
  "import a file outside": async ({ outside }) => (await import(`file://${outside}/module.js`)).default,
  "ask for the machine's name": () => Deno.hostname(),
  "ask for its networks": () => Deno.networkInterfaces().length + 1,
  "ask for its users by Node": async () => (await import("node:os")).userInfo().username,
  "load a library": () => {
    Deno.dlopen("libc.so.6", { getpid: { parameters: [], result: "i32" } }).close();
    return "loaded";
  },
};

/** What the process that starts processes says to one that no demo declares. */
export async function askForAll({ outside }: Targets): Promise<string> {
  const process = startThere(Deno.env.get("ATOLL_STARTER") ?? "")({
    module: `file://${outside}/module.js`,
    memoryMb: 64,
    flags: ["--allow-all"],
    env: ["CANARY_ENV"],
  });
  const chunks = await Array.fromAsync(process.stderr);
  const said = chunks.map((chunk) => new TextDecoder().decode(chunk)).join("");
  return `${(await process.status).code} ${said}`;
}

function must(value: string | undefined): string {
  if (value === undefined) throw new Error("NotCapable: it is not there");
  return value;
}
