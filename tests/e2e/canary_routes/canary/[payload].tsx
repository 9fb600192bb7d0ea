import type { PageContext } from "atoll";
import { payloadGroups } from "@/tests/canaries.ts";
import { canaryPage } from "@/tests/e2e/canary_routes/(_canary)/page.tsx";

const pages = new Map<string, ReturnType<typeof canaryPage>["page"]>();

/** The page of one group of payloads. */
export default async function page(context: PageContext): Promise<unknown> {
  const { payload = "" } = (context as unknown as { params: Record<string, string> }).params;
  let made = pages.get(payload);
  if (!made) {
    pages.set(payload, made = canaryPage(payloadGroups[Number(payload)] as readonly string[]).page);
  }
  return await made(context);
}
