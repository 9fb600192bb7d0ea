import { logError } from "./log_error.ts";

/** Errors that nothing waits for. They must not end the server for everybody: they are counted and logged. */
export class Strays {
  #count = 0;

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** Takes rejections and errors of timers until it is disposed of: those of this process, or of the given target. */
  catch(target: EventTarget = globalThis): Disposable {
    const onRejection = (event: Event) => this.#note(event, (event as PromiseRejectionEvent).reason);
    const onError = (event: Event) => this.#note(event, (event as ErrorEvent).error);
    target.addEventListener("unhandledrejection", onRejection);
    target.addEventListener("error", onError);
    return {
      [Symbol.dispose]: () => {
        target.removeEventListener("unhandledrejection", onRejection);
        target.removeEventListener("error", onError);
      },
    };
  }

  #note(event: Event, error: unknown): void {
    event.preventDefault();
    this.#count++;
    logError(error, "stray_error");
  }
}
