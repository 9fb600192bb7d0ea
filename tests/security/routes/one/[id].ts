/** A route with one parameter. */
export const handler = {
  GET: ({ params }: { params: Record<string, string> }) => Response.json({ id: params.id }),
  POST: async ({ req }: { req: Request }) =>
    req.headers.get("content-type") === "application/json"
      ? Response.json({ sent: await req.json() })
      : Response.json({ error: { code: "unsupported_type", message: "Send JSON" } }, { status: 415 }),
};
