import { expect, test } from "bun:test";
import { clientAddress } from "../../../src/http/client-address.ts";

const BALANCERS = "10.88.0.1, fd00::1";

test.each([
  ["its connection's, without balancers", "203.0.113.9", "198.51.100.7", "", "203.0.113.9"],
  ["its connection's, when the header comes from anybody", "203.0.113.9", "198.51.100.7", BALANCERS, "203.0.113.9"],
  ["what a balancer tells", "10.88.0.1", "198.51.100.7", BALANCERS, "198.51.100.7"],
  ["what a balancer tells of IPv6", "fd00::1", "2001:db8::7", BALANCERS, "2001:db8::7"],
  [
    "what a balancer saw itself, not what its caller claims",
    "10.88.0.1",
    "1.2.3.4, 198.51.100.7",
    BALANCERS,
    "198.51.100.7",
  ],
  ["the balancer's own, when it tells nothing", "10.88.0.1", undefined, BALANCERS, "10.88.0.1"],
  ["the balancer's own, when it tells no address", "10.88.0.1", "unknown", BALANCERS, "10.88.0.1"],
  ["the same in its IPv4 form", "::ffff:10.88.0.1", "::ffff:198.51.100.7", BALANCERS, "198.51.100.7"],
])("a request's address is %s", (_, peer, forwarded, balancers, address) => {
  const headers = forwarded === undefined ? {} : { "X-Forwarded-For": forwarded };
  expect(clientAddress(new Request("http://hub/", { headers }), peer, balancers)).toBe(address);
});
