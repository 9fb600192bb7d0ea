import { threadCpuUsage } from "node:process";
import { renderMarkdown } from "@/lib/content/markdown.ts";
import { safeHtml } from "@/lib/content/safe_html.ts";
import { readJson } from "@/lib/gate/body.ts";
import { readForm } from "@/lib/gate/form.ts";
import { oneLine } from "@/lib/ops/one_line.ts";
import { memoryBlobs } from "@/lib/store/blobs_memory.ts";
import { sniff } from "@/lib/store/sniff.ts";
import type { Effort, Put } from "./part.ts";

const fill = (piece: string, length: number) =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
const paragraphs = (piece: string) => fill(`${fill(piece, 19_990)}\n\n`, 150_000);
const post = (body: string, type: string) =>
  new Request("http://localhost/", { method: "POST", body, headers: { "content-type": type } });
const form = (body: string, type: string) => () =>
  readForm(post(body, type), {
    owner: "a",
    blobs: memoryBlobs({ now: Date.now, random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)) }),
    url: String,
  });
const json = (body: string) => () => readJson(post(body, "application/json"));

/** What somebody may send to keep a server busy. That all of it ends rightly is tested beside what reads it. */
const works: readonly (() => unknown)[] = [
  ...["[", "> ", "1. ", "* * > ", "a**b", "a@b.", "<", "~~a"].map((piece) => () =>
    renderMarkdown(paragraphs(piece))
  ),
  ...["<div>", "<math><mi>", "<!--", "<ul><li>"].map((piece) => () => safeHtml(fill(piece, 500_000))),
  ...["a://", "://@", "Bearer ", "a@"].map((piece) => () => oneLine(fill(piece, 1_000_000))),
  ...["<!--", "<?xml ?>", "<a"].map((piece) => () => sniff(new TextEncoder().encode(fill(piece, 4096)))),
  json("[".repeat(500_000)),
  json(`[${"1,".repeat(999_999)}1]`),
  json(`{${Array.from({ length: 90_000 }, (_, at) => `"${at * 16}":1`).join()}}`),
  form("a&".repeat(500_000), "application/x-www-form-urlencoded"),
  form(`--b${"-".repeat(15_000_000)}`, "multipart/form-data; boundary=b"),
];

/** How much processor time the most expensive hostile text takes. */
export async function hostile(put: Put, { loads }: Effort): Promise<void> {
  for (let i = 0; i < loads; i++) {
    let most = 0;
    for (const work of works) {
      const before = threadCpuUsage();
      // A refusal is an answer.
      await Promise.resolve().then(work).catch(() => {});
      const { user, system } = threadCpuUsage();
      most = Math.max(most, (user + system - before.user - before.system) / 1000);
    }
    put("hostile", most);
  }
}
