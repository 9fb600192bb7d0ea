/**
 * Answers a request whose body is not wanted, and closes the connection: the answer says that it has one byte more than
 * it has, which Deno's server ends a connection for, without a word in the log. Whoever asked has the whole text by then.
 *
 * Works as long as nobody has read any of the body: Deno 2.9 never closes a connection whose body is being read, and
 * keeps its descriptor for good where the answer fails meanwhile.
 */
export async function cutShort(answer: Response): Promise<Response> {
  if (answer.body === null) return answer;
  const bytes = await answer.bytes();
  const headers = new Headers(answer.headers);
  headers.set("content-length", String(bytes.length + 1));
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  return new Response(body, { status: answer.status, headers });
}
