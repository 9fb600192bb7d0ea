import { asset } from "fresh/runtime";
import { HttpError, type PageProps } from "fresh";
import type { VNode } from "preact";
import { TYPES_SCRIPT } from "@/lib/gate/type_mistakes.ts";

/** The document around every page. */
export default function App(
  { Component, config, state, error }: PageProps<unknown, { title?: string }>,
): VNode {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{error && !isMissing(error) ? "Error · Atoll" : state?.title ?? "Atoll"}</title>
        <link rel="icon" href={ICON} />
        <link rel="stylesheet" href={asset("/atoll.css")} />
      </head>
      <body>
        <Component />
        {config.mode === "development" && <script type="module" src={TYPES_SCRIPT} />}
      </body>
    </html>
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof HttpError && error.status === 404;
}

// In the page itself, so that no browser asks for /favicon.ico.
const ICON = "data:image/svg+xml," +
  "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='5' fill='none' " +
  "stroke='%230b8793' stroke-width='3'/%3E%3C/svg%3E";
