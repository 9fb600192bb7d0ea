/** A disk that can be made slow, full or broken while a server uses it. */
export interface Disk {
  /** Variables for the server's launcher. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it can be made so here: that takes Linux and a C compiler. */
  readonly real: boolean;
  /** What it meets now. */
  readonly fault: "full" | "broken" | undefined;
  /** Sets what every write to the database and every fsync of it meets from now on. */
  set(state: { readonly slowMs?: number; readonly fault?: "full" | "broken" }): void;
}

/** The part of a path by which the preload knows the files that it concerns. */
const FILES = "runs.db";

/** Compiles the preload into a folder. Without a C compiler the disk stays well, and a line says so. */
export async function controlledDisk(folder: string): Promise<Disk> {
  const [library, control] = [`${folder}/disk.so`, `${folder}/disk.control`];
  const source = new URL("./disk.c", import.meta.url).pathname;
  const args = ["-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"];
  const compiled = Deno.build.os === "linux" &&
    await new Deno.Command("cc", { args }).output().then(({ success }) => success, () => false);
  if (!compiled) {
    // deno-lint-ignore no-console -- whoever reads the result must know what was not tried
    console.log("LEFT OUT: a slow, a full and a broken disk need Linux and a C compiler (cc)");
    return { env: {}, real: false, fault: undefined, set() {} };
  }
  const write = (state: Uint8Array) => Deno.writeFileSync(control, state, { create: true });
  write(new Uint8Array(4));
  // Written in place: the server has the file mapped.
  using file = Deno.openSync(control, { read: true, write: true });
  file.syncSync();
  let now: Disk["fault"];
  return {
    get fault() {
      return now;
    },
    env: {
      LD_PRELOAD: library,
      PROOF_DISK_CONTROL: control,
      PROOF_DISK_FILES: FILES,
      ATOLL_ALLOW_ENV: "PROOF_LOG,LD_PRELOAD,PROOF_DISK_CONTROL,PROOF_DISK_FILES",
    },
    real: true,
    set: ({ slowMs = 0, fault }) => {
      now = fault;
      using file = Deno.openSync(control, { write: true });
      file.writeSync(new Uint8Array([slowMs, fault === undefined ? 0 : fault === "full" ? 1 : 2, 0, 0]));
    },
  };
}
