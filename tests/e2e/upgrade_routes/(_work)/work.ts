/** Runs in a worker. */
export function work(): string {
  return "worker of before";
}

/** Runs in a process. */
export function apart(): string {
  return "process of before";
}
