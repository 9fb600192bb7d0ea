import assert from "node:assert/strict";
import { Attempts, TooManyAttempts } from "./attempts.ts";

const setting = () => {
  let nowMs = 0;
  const attempts = new Attempts(() => nowMs);
  /** How many of so many attempts were let by, and how long the first that was not has to wait. */
  const fail = (
    count: number,
    address: string | ((at: number) => string),
    name: string | ((at: number) => string),
  ) => {
    let letBy = 0;
    let seconds = 0;
    for (let at = 0; at < count; at++) {
      try {
        attempts.begin(
          typeof address === "string" ? address : address(at),
          typeof name === "string" ? name : name(at),
        );
        letBy++;
      } catch (error) {
        assert.ok(error instanceof TooManyAttempts);
        seconds ||= error.seconds;
      }
    }
    return { letBy, seconds };
  };
  return { attempts, fail, pass: (ms: number) => nowMs += ms };
};

Deno.test("An address is locked after ten failures in a minute, each time for twice as long, up to an hour", () => {
  const { fail, pass } = setting();
  for (const seconds of [60, 120, 240, 480, 960, 1920, 3600, 3600]) {
    assert.deepEqual(fail(50, "192.0.2.1", "ada"), { letBy: 10, seconds });
    pass(seconds * 1000);
  }
});

Deno.test("Nine failures in a minute lock nobody, and a success counts as none", () => {
  const { attempts, fail, pass } = setting();
  for (let minute = 0; minute < 5; minute++) {
    assert.equal(fail(9, "192.0.2.1", "ada").letBy, 9);
    attempts.begin("192.0.2.1", "ada").succeeded();
    pass(60_000);
  }
});

Deno.test("An account of one's own is no way to try others' for ever", () => {
  const { attempts, fail } = setting();
  let tried = 0;
  for (let round = 0; round < 100; round++) {
    tried += fail(1, "192.0.2.1", "ada").letBy;
    try {
      attempts.begin("192.0.2.1", "mallory").succeeded();
    } catch {
      break;
    }
  }
  assert.equal(tried, 10);
});

Deno.test("A name that is tried from everywhere is not locked: its owner can log in from an address of theirs", () => {
  const { attempts, fail } = setting();
  assert.equal(fail(1000, (at) => `198.51.100.${at % 100}`, "ada").letBy < 300, true);
  attempts.begin("203.0.113.7", "ada").succeeded();
  // A slip is forgiven, though few more than one.
  assert.equal(fail(10, "203.0.113.8", "ada").letBy, 2);
});

Deno.test("One address that tries a thousand names is locked after ten", () => {
  const { fail } = setting();
  assert.equal(fail(1000, "192.0.2.1", (at) => `user${at}`).letBy, 10);
});

Deno.test("All addresses of a network of version 6 are one", () => {
  const { fail } = setting();
  assert.equal(fail(50, (at) => `2001:db8:1:2::${at.toString(16)}`, "ada").letBy, 10);
  assert.equal(fail(5, "2001:db8:1:3::1", "ada").letBy, 5);
});

Deno.test("An address is one however a proxy writes it", () => {
  const spellings = [
    "2001:db8:a::1",
    "2001:DB8:A::1",
    "2001:0db8:000a::1",
    "2001:db8:a:0:0:0:0:1",
    "2001:db8:a::1%eth0",
  ];
  const { fail } = setting();
  assert.equal(fail(50, (at) => spellings[at % spellings.length] as string, (at) => `user${at}`).letBy, 10);
  const mapped = ["192.0.2.9", "::ffff:192.0.2.9", "::FFFF:C000:0209", "0:0:0:0:0:ffff:192.0.2.9"];
  assert.equal(fail(50, (at) => mapped[at % mapped.length] as string, (at) => `other${at}`).letBy, 10);
});

Deno.test("What is remembered is bounded, and filling it frees nobody who is locked", () => {
  const { attempts, fail } = setting();
  fail(10, "192.0.2.1", "ada");
  for (let at = 0; at < 30_000; at++) {
    attempts.begin(`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, `user${at}`);
  }
  assert.ok(attempts.size <= 20_000);
  assert.throws(() => attempts.begin("192.0.2.1", "ada"), TooManyAttempts);
});
