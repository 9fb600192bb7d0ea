import { deepEqual, equal, ok } from "node:assert/strict";
import golden from "./fresh/golden/http-preact10.json" with { type: "json" };
import { HTTP_DIFFERENCES } from "./fresh/differences.ts";
import { normalise } from "./fresh/normalise.ts";
import { type Answer, type Probe, probes } from "./fresh/probes.ts";
import { startParityApp } from "./fresh/server.ts";

const recorded = golden as unknown as Record<string, Answer>;

Deno.test("links/fresh answers every probe as upstream Fresh does, but for the listed differences", async (t) => {
  await using server = await startParityApp();
  for (const probe of probes()) {
    await t.step(probe.name, async () => {
      compare(probe.name, normalise(await ask(server.url, probe)), normalise(recorded[probe.name]!));
    });
  }
  await t.step("WS /ws", async () => {
    deepEqual(
      await talk(`${server.url.replace("http", "ws")}/ws`),
      (golden as Record<string, unknown>)["WS /ws"],
    );
  });
  await t.step("every listed difference belongs to a probe", () => {
    const names = new Set(probes().map(({ name }) => name));
    for (const { probe } of HTTP_DIFFERENCES) ok(names.has(probe), `no such probe: ${probe}`);
  });
});

async function ask(url: string, { path, init }: Probe): Promise<Answer> {
  const response = await fetch(url + path, { ...init, redirect: "manual" });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}

function compare(name: string, ours: Answer, upstream: Answer): void {
  const listed = HTTP_DIFFERENCES.find(({ probe }) => probe === name);
  equal(ours.status, upstream.status);
  const { body, headers = {} } = listed?.expected ?? {};
  let expectedBody = upstream.body;
  for (const [there, here] of body ?? []) {
    ok(
      expectedBody.includes(there) && there !== here,
      `the listed difference of the body is no more: ${there}`,
    );
    expectedBody = expectedBody.replace(there, () => here);
  }
  equal(ours.body, expectedBody);
  const expected: Record<string, string> = { ...upstream.headers };
  const got: Record<string, string> = { ...ours.headers };
  for (const [header, value] of Object.entries(headers)) {
    ok(
      (got[header] ?? null) !== (expected[header] ?? null),
      `the listed difference of "${header}" is no more`,
    );
    if (value !== "*") equal(got[header] ?? null, value);
    delete expected[header];
    delete got[header];
  }
  deepEqual(got, expected);
}

function talk(url: string): Promise<unknown[]> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown[]>();
  const socket = new WebSocket(url);
  const messages: unknown[] = [];
  socket.onmessage = ({ data }) => {
    messages.push(data);
    if (messages.length === 1) socket.send("yo");
    else socket.close();
  };
  socket.onclose = () => resolve(messages);
  socket.onerror = reject;
  return promise;
}
