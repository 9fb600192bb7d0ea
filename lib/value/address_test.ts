import assert from "node:assert/strict";
import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { networkOf, plainAddress } from "./address.ts";

Deno.test("networkOf() counts an address as one, however it is written, and a network of version 6 as one", () => {
  const same: Readonly<Record<string, readonly string[]>> = {
    "2001:db8:0:0::/64": [
      "2001:db8::1",
      "2001:DB8::1",
      "2001:0db8::ffff",
      "2001:db8:0:0:1:2:3:4",
      "2001:db8:0000:0000:0001:0002:0003:0004",
      "2001:db8::1:0:0:1",
      "2001:db8:0::",
      "2001:db8::1%eth0",
      "[2001:db8::1]",
      "2001:db8::192.0.2.1",
    ],
    "2001:db8:0:1::/64": ["2001:db8:0:1::1", "2001:DB8:0000:0001::", "2001:db8:0:1:ffff:ffff:ffff:ffff"],
    "0:0:0:0::/64": ["::1", "::", "0:0:0:0:0:0:0:1", "::192.0.2.1"],
    "fe80:0:0:0::/64": ["fe80::1%2", "FE80::abcd"],
    "192.0.2.1": [
      "192.0.2.1",
      "::ffff:192.0.2.1",
      "::FFFF:192.0.2.1",
      "::ffff:c000:201",
      "::ffff:C000:0201",
      "0:0:0:0:0:ffff:192.0.2.1",
      "0000:0000:0000:0000:0000:FFFF:C000:0201",
      "[::ffff:192.0.2.1]",
    ],
  };
  for (const [network, spellings] of Object.entries(same)) {
    for (const spelling of spellings) assert.equal(networkOf(spelling), network, spelling);
  }
  for (
    const none of [
      "",
      "unknown",
      "1::2::3",
      "1:2:3",
      ":::",
      "::ffff:1.2.3.400",
      "12345::",
      "g::",
      "1:2:3:4:5:6:7:8:9",
      "::1.2.3",
    ]
  ) {
    assert.equal(networkOf(none), none, "what is no address is counted as it is written");
  }
  assert.equal(plainAddress("::ffff:c000:201"), "192.0.2.1");
  assert.equal(plainAddress("2001:DB8::1"), "2001:DB8::1");
});

Deno.test("networkOf() agrees with the system on which addresses share a network of 64 bits", () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  const spelling = fc.tuple(fc.array(group, { minLength: 8, maxLength: 8 }), fc.boolean(), fc.boolean()).map(
    ([groups, capitals, zeros]) => {
      const text = groups.map((one) => one.toString(16).padStart(zeros ? 4 : 1, "0")).join(":");
      return capitals ? text.toUpperCase() : text;
    },
  );
  fc.assert(fc.property(spelling, spelling, fc.boolean(), (one, other, near) => {
    const second = near ? [...one.split(":").slice(0, 4), ...other.split(":").slice(4)].join(":") : other;
    const list = new BlockList();
    list.addSubnet(one, 64, "ipv6");
    assert.equal(isIP(second), 6);
    assert.equal(networkOf(one) === networkOf(second), list.check(second, "ipv6"));
  }));
});
