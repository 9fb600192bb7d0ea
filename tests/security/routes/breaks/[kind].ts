import { HttpError } from "fresh";
import { DatabaseSync } from "node:sqlite";

/** Breaks in the way that is named. */
export const handler = {
  GET: ({ params: { kind } }: { params: Record<string, string> }) => {
    switch (kind) {
      case "http":
        throw new HttpError(500, "hidden words in a message of ours");
      case "fault":
        throw new HttpError(404, "Nothing by that name");
      case "database":
        new DatabaseSync(":memory:").exec("select hidden_words from nowhere");
        break;
      case "json":
        JSON.parse('{"hidden_words"');
        break;
      case "system":
        Deno.readTextFileSync("/nowhere/hidden_words.ts");
        break;
      case "rights":
        throw new Deno.errors.NotCapable('Requires env access to "hidden words"');
      case "text":
        throw "hidden_words";
    }
    return new Response("whole");
  },
};
