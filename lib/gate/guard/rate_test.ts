import assert from "node:assert/strict";
import { Flights, Rate } from "./rate.ts";

Deno.test("Rate lets a burst through and then as many as come back by themselves", () => {
  let nowMs = 0;
  const rate = new Rate({ perSecond: 2, burst: 4, now: () => nowMs });
  for (let i = 0; i < 4; i++) assert.equal(rate.take("a"), 0);
  assert.equal(rate.take("a"), 0.5);
  assert.equal(rate.take("b"), 0);
  nowMs += 250;
  assert.equal(rate.take("a"), 0.25);
  nowMs += 250;
  assert.equal(rate.take("a"), 0);
  assert.ok(rate.take("a") > 0);
  nowMs += 1e9;
  for (let i = 0; i < 4; i++) assert.equal(rate.take("a"), 0);
  assert.ok(rate.take("a") > 0);
});

Deno.test("Rate knows no more names than it may", () => {
  const rate = new Rate({ perSecond: 1, burst: 1, maxNames: 100, now: () => 0 });
  for (let i = 0; i < 10_000; i++) rate.take(String(i));
  assert.equal(rate.size, 100);
  assert.ok(rate.take("9999") > 0);
});

Deno.test("Flights forgets whoever has nothing under way", () => {
  const flights = new Flights(2);
  assert.deepEqual([flights.enter("a"), flights.enter("a"), flights.enter("a")], [true, true, false]);
  assert.ok(flights.enter("b"));
  for (const name of ["a", "a", "b"]) flights.leave(name);
  assert.equal(flights.size, 0);
  flights.leave("a");
  assert.ok(flights.enter("a"));
});

Deno.test("Flights knows no more names than are under way, and a thousand", () => {
  const flights = new Flights(1);
  for (let i = 0; i < 10_000; i++) {
    assert.ok(flights.enter(`${i}`));
    flights.leave(`${i}`);
  }
  assert.ok(flights.known <= 1001, `${flights.known} names are known`);
  assert.equal(flights.size, 0);
});
