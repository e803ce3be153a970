import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { makeAuthorities } from "../support/certificates.ts";
import { startHubProcess, type HubProcess } from "../support/daemon.ts";
import { ADMIN_KEY, testHub } from "../support/hub.ts";
import { signIn } from "../support/signed-in.ts";

const EVERYWHERE = [
  "/livez",
  "/openapi",
  "/metrics",
  "/login",
  "/assets/app.css",
  "/nothing",
  "/api/fleet/rigs",
  "/dl",
];

describe("every reply", () => {
  const hub = testHub("embedded");

  test.each(EVERYWHERE)("of %s says that it is what it says, and that no site may frame it", async (path) => {
    const { headers } = await hub.send("GET", path);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  });

  test.each([...EVERYWHERE, "/", "/rigs"])("of %s lets no other origin read it", async (path) => {
    const reply = await hub.send("GET", path, { headers: { Origin: "https://evil.test" }, key: ADMIN_KEY });
    const crossing = [...reply.headers.keys()].filter((name) => name.startsWith("access-control-"));
    expect(crossing).toEqual([]);
  });

  test("names its type, and text its encoding", async () => {
    for (const path of EVERYWHERE) {
      const type = (await hub.send("GET", path)).headers.get("content-type") ?? "";
      expect([path, type]).toEqual([path, expect.stringMatching(/^(application\/json|text\/\w+; .*charset=utf-8)/i)]);
    }
  });

  test("promises TLS only where it is spoken", async () => {
    expect((await hub.send("GET", "/livez")).headers.get("strict-transport-security")).toBeNull();
    const secure = await hub.handle(new Request("https://localhost/livez"));
    expect(secure.headers.get("strict-transport-security")).toBe("max-age=31536000; includeSubDomains");
  });

  test("to a sign-out tells the browser to forget", async () => {
    const reply = await (await signIn(hub, ADMIN_KEY)).press("/logout");
    expect(reply.headers.get("clear-site-data")).toBe('"cache", "storage"');
  });
});

describe("a session under TLS", () => {
  const { file, issue } = makeAuthorities("ours");
  let hub: HubProcess;
  beforeAll(async () => {
    issue("hub", "ours", "IP:127.0.0.1");
    hub = await startHubProcess(["--tls-cert", file("hub.pem"), "--tls-key", file("hub.key")]);
  }, 60_000);
  afterAll(async () => {
    await hub.stop();
  });

  test("is a cookie that only this host gets, over TLS alone, and that scripts cannot read", async () => {
    const tls = { ca: readFileSync(file("ours.pem"), "utf8") };
    const body = new URLSearchParams({ key: hub.adminKey });
    const reply = await fetch(`${hub.url}/login`, { method: "POST", body, tls, redirect: "manual" });
    const cookie = reply.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^__Host-fleet_session=[\w-]{43}; /);
    for (const part of ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"]) expect(cookie).toContain(part);
    expect(cookie).not.toContain("Domain=");
    const sent = { headers: { cookie: cookie.split(";")[0] ?? "" }, tls, redirect: "manual" } as const;
    expect((await fetch(`${hub.url}/rigs`, sent)).status).toBe(200);
    const plainName = { ...sent, headers: { cookie: sent.headers.cookie.replace("__Host-", "") } };
    expect((await fetch(`${hub.url}/rigs`, plainName)).status).toBe(303);
  });
});
