/** A route with a rest: all that is below it. */
export const handler = {
  GET: ({ params }: { params: Record<string, string> }) => Response.json({ path: params.path }),
};
