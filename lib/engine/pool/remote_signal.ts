/**
 * A signal whose `aborted` is right even while the handler blocks, when no event can come in: it looks at `ended`.
 * The first look that finds the end raises `abort` as well.
 */
export function remoteSignal(abort: AbortController, ended: () => boolean): AbortSignal {
  const { signal } = abort;
  const native = Object.getOwnPropertyDescriptor(AbortSignal.prototype, "aborted")?.get;
  let raising = false;
  const aborted = () => {
    const now: boolean = native?.call(signal) ?? false;
    // Aborting looks here, too, whether that has been done before.
    if (now || raising || !ended()) return now;
    raising = true;
    abort.abort(new DOMException("The run was ended", "AbortError"));
    return true;
  };
  Object.defineProperty(signal, "aborted", { get: aborted, configurable: true });
  Object.defineProperty(signal, "throwIfAborted", {
    value: () => {
      if (aborted()) throw signal.reason;
    },
    configurable: true,
  });
  return signal;
}
