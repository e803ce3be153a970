import { expect, test } from "bun:test";
import { systemNet } from "../../../src/base/net.ts";

test("a redirect is an answer and is not followed: the key goes to nobody else", async () => {
  const asked: string[] = [];
  const elsewhere = Bun.serve({
    port: 0,
    fetch(request) {
      asked.push(request.headers.get("authorization") ?? "nothing");
      return new Response("here");
    },
  });
  const portal = Bun.serve({ port: 0, fetch: () => Response.redirect(elsewhere.url.href, 307) });
  const headers = { Authorization: "Bearer sk-fleet-of-the-test" };
  const request = { method: "POST", url: portal.url.href, headers, maxReplyBytes: 1000 } as const;
  expect((await systemNet.send(request, 5000)).status).toBe(307);
  expect(asked).toEqual([]);
  await Promise.all([portal.stop(true), elsewhere.stop(true)]);
});
