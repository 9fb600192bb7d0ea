/** What a developer sees in the browser when a request fails and the app has no error page. */
export function errorPage(error: unknown, devScript: string | undefined): Response {
  const text = error instanceof Error ? error.stack ?? String(error) : String(error);
  const script = devScript === undefined ? "" : `<script type="module" src="${devScript}"></script>`;
  const html = `<!DOCTYPE html><html><head><meta charset="utf-8"><title>Error</title></head><body>` +
    `<h1>Internal server error</h1><pre>${escape(text)}</pre>${script}</body></html>`;
  return new Response(html, { status: 500, headers: { "content-type": "text/html; charset=utf-8" } });
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
