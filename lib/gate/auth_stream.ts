import type { Accounts } from "@/lib/accounts/accounts.ts";

/** Ends an answer that still goes on when the login that it was given to ends. */
export function endWith(response: Response, accounts: Accounts, id: string): Response {
  const { body } = response;
  if (!body || !response.headers.get("content-type")?.startsWith("text/event-stream")) return response;
  const reader = body.getReader();
  let watch: Disposable | undefined;
  const tied = new ReadableStream<Uint8Array>({
    start(controller) {
      watch = accounts.whenEnded(id, () => {
        watch?.[Symbol.dispose]();
        reader.cancel().catch(() => {});
        controller.close();
      });
    },
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        watch?.[Symbol.dispose]();
        controller.close();
      } catch (error) {
        watch?.[Symbol.dispose]();
        throw error;
      }
    },
    cancel(reason) {
      watch?.[Symbol.dispose]();
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  return new Response(tied, { status: response.status, headers: response.headers });
}
