import { Fault } from "@/lib/value/fault.ts";
import { refuse } from "./reply.ts";

/**
 * What active markup may do: use the scripts and styles that are in it, and load nothing from anywhere. `sandbox` holds
 * even where the document is opened by itself; the frame around it says the same.
 */
export const SANDBOX_POLICY =
  "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; " +
  "font-src data:; media-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

// Takes one message, a document from the page around it, and becomes it.
const DOCUMENT = `<!doctype html><title>Sandbox</title><script>
onmessage = ({ source, data }) => {
  if (source !== parent || parent === self) return;
  document.open();
  document.write(data);
  document.close();
};
</script>`;

/** Answers with the empty document that active markup is shown in: the same for everybody, and nothing in it. */
export function sandbox({ method }: Request): Response {
  if (method !== "GET" && method !== "HEAD") {
    const fault = new Fault("method_not_allowed", "The sandbox answers GET and HEAD");
    return refuse(fault, { headers: { allow: "GET, HEAD" } });
  }
  return new Response(method === "HEAD" ? null : DOCUMENT, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": SANDBOX_POLICY,
      "referrer-policy": "no-referrer",
      "x-dns-prefetch-control": "off",
      "cache-control": "public, max-age=3600",
    },
  });
}
