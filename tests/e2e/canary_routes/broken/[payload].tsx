import { HttpError, type PageProps } from "fresh";
import { allPayloads } from "@/tests/canaries.ts";

/** A page that refuses with hostile words. */
export default function Broken({ params }: PageProps): never {
  const [, text] = allPayloads[Number(params.payload)] as readonly [string, string];
  throw new HttpError(400, `refusal ${text}`);
}
