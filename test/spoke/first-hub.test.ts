import { expect, test } from "bun:test";
import type { NetReply } from "../../src/base/net.ts";
import { createClient } from "../../spoke/client.ts";
import { rigContext } from "../support/rig.ts";
import { htmlReply, jsonReply, scriptedNet } from "../support/scripted-net.ts";

const ID = "RIG-1-100";

function bare(status: number): NetReply {
  return { status, headers: { "content-length": "0" }, body: new Uint8Array() };
}

async function outcome(reply: NetReply, firstHub: boolean): Promise<string> {
  const client = createClient(rigContext({ net: scriptedNet(() => reply) }), () => firstHub);
  return (await client.sendOutcome(ID, { outcome: "FalsePositive" })).kind;
}

test("a hub of the first implementation records an outcome by its status alone", async () => {
  expect(await outcome(bare(200), true)).toBe("recorded");
});

test("where that hub has no route for outcomes, they stay in line and hold nothing up", async () => {
  expect(await outcome(bare(404), true)).toBe("no_event");
});

test.each([200, 404])("of a hub of ours a bare %d is believed by nobody", async (status) => {
  expect(await outcome(bare(status), false)).toBe("wait");
});

test.each([
  ["a sign-in page", htmlReply(200)],
  ["words of another event", jsonReply(200, { id: "RIG-1-101" })],
  ["a server that failed", bare(500)],
])("nor is %s taken for an old hub's word", async (_name, reply) => {
  expect(await outcome(reply, true)).toBe("wait");
});
