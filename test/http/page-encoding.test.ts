import { expect, test } from "bun:test";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { seededRandom } from "../../src/base/random.ts";
import { checkToken, maskedToken } from "../../src/http/form-token.ts";
import { ADMIN_KEY, testHub } from "../support/hub.ts";
import { signIn } from "../support/signed-in.ts";

const inflate: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
  gzip: gunzipSync,
};
const hub = testHub("embedded");

function withoutTokens(html: string): string {
  return html.replaceAll(/name="form_token" value="[^"]+"/g, "");
}

test.each([
  ["gzip, deflate", "gzip"],
  ["gzip, deflate, br, zstd", "br"],
  ["gzip, zstd", "zstd"],
])("what takes %s gets a page as %s, a third of its size at most, and the same text", async (accepted, encoding) => {
  const admin = await signIn(hub, ADMIN_KEY);
  const plain = await admin.page("/system");
  const reply = await admin.get("/system", { "accept-encoding": accepted });
  expect(reply.headers.get("content-encoding")).toBe(encoding);
  expect(reply.headers.get("vary")).toBe("Accept-Encoding");
  expect(reply.headers.get("cache-control")).toBe("no-store");
  const sent = await reply.bytes();
  expect(sent.byteLength).toBeLessThan(plain.length / 3);
  const text = Buffer.from(inflate[encoding]?.(sent) ?? []).toString();
  expect(text).toStartWith("<!doctype html>");
  expect(text).toContain("Limits and settings in force");
});

test.each([{}, { "accept-encoding": "identity" }, { "accept-encoding": "br;q=0, gzip;q=0, zstd;q=0" }])(
  "what takes no coding gets the page as it is: %p",
  async (headers) => {
    const admin = await signIn(hub, ADMIN_KEY);
    const reply = await admin.get("/admin", headers);
    expect(reply.headers.get("content-encoding")).toBeNull();
    expect(reply.headers.get("vary")).toBe("Accept-Encoding");
    expect(await reply.text()).toStartWith("<!doctype html>");
  },
);

test("a refresh without news has no body to shrink, and JSON for rigs stays as it was", async () => {
  const admin = await signIn(hub, ADMIN_KEY);
  const headers = { "accept-encoding": "gzip", "hx-request": "true" };
  const shown = (await admin.get("/rigs", headers)).headers.get("x-shown") ?? "";
  const again = await admin.get("/rigs", { ...headers, "x-shown": shown });
  expect(again.status).toBe(204);
  expect(again.headers.get("content-encoding")).toBeNull();
  const health = await hub.send("GET", "/api/fleet/health", { headers });
  expect(health.headers.get("content-encoding")).toBeNull();
});

test("an error page fits one packet and goes as it is, with its status and its request id", async () => {
  const admin = await signIn(hub, ADMIN_KEY);
  const reply = await admin.get("/events/NOBODY-1", { "accept-encoding": "gzip", accept: "text/html" });
  expect(reply.status).toBe(404);
  expect(reply.headers.get("content-encoding")).toBeNull();
  expect(reply.headers.get("x-request-id")).not.toBeNull();
  expect(await reply.text()).toContain("<!doctype html>");
});

test("no two pages carry the same form token, and each of them is good", async () => {
  const admin = await signIn(hub, ADMIN_KEY);
  const pages = [await admin.page("/rigs"), await admin.page("/rigs")];
  const tokens = pages.map((html) => /name="form_token" value="([^"]+)"/.exec(html)?.[1] ?? "");
  expect(tokens[0]).not.toBe(tokens[1]);
  expect(withoutTokens(pages[0] ?? "")).toHaveLength(withoutTokens(pages[1] ?? "").length);
  for (const form_token of tokens) {
    expect((await admin.press("/curation/run", { form_token })).status).toBeLessThan(400);
  }
});

test("a form token that was changed, cut, doubled or left out is refused", () => {
  const session = { formToken: "the-token-of-the-session" };
  const good = maskedToken(session.formToken, seededRandom(7));
  const check = (form_token: string) => () => checkToken(new URLSearchParams({ form_token }), session);
  expect(check(good)).not.toThrow();
  const turned = (good.startsWith("0") ? "1" : "0") + good.slice(1);
  for (const bad of [turned, good.slice(0, -2), good + good, "", session.formToken, "zz"]) {
    expect(check(bad)).toThrow("not from this session");
  }
});
