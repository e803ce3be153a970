import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createNet, systemNet } from "../../src/base/net.ts";
import { readTls } from "../../src/http/tls.ts";
import { hubNet } from "../../spoke/hub-net.ts";
import { makeAuthorities } from "../support/certificates.ts";
import { startHubProcess, type HubProcess } from "../support/daemon.ts";
import { rejection } from "../support/rejection.ts";
import { rigContext } from "../support/rig.ts";

const { file, issue } = makeAuthorities("ours", "stranger");
const text = (name: string): string => readFileSync(file(name), "utf8");

const get = (url: string) => ({ method: "GET", url, headers: {}, maxReplyBytes: 10_000 }) as const;
let hub: HubProcess;

beforeAll(async () => {
  issue("hub", "ours", "IP:127.0.0.1");
  issue("elsewhere", "ours", "DNS:elsewhere.test");
  hub = await startHubProcess(["--tls-cert", file("hub.pem"), "--tls-key", file("hub.key")]);
}, 60_000);
afterAll(async () => {
  await hub.stop();
});

test("a hub with a certificate speaks HTTPS to who trusts it, and to nobody else", async () => {
  expect(hub.url).toStartWith("https://127.0.0.1:");
  const trusting = hubNet(rigContext({ settings: { hub_ca_file: file("ours.pem") } }).settings);
  expect((await trusting.send(get(`${hub.url}/livez`), 5000)).status).toBe(200);
  const others = [systemNet, createNet({ extraCa: text("stranger.pem") })];
  for (const net of others) {
    expect(await rejection(net.send(get(`${hub.url}/livez`), 5000))).toMatchObject({ code: "unavailable" });
  }
});

test("a hub with a certificate does not answer in the clear", async () => {
  const plain = hub.url.replace("https:", "http:");
  expect(await rejection(systemNet.send(get(`${plain}/livez`), 5000))).toMatchObject({ code: "unavailable" });
});

test("a certificate for another name is refused, whoever signed it", async () => {
  const cert = { cert: text("elsewhere.pem"), key: text("elsewhere.key") };
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", tls: cert, fetch: () => new Response("here") });
  const trusting = createNet({ extraCa: text("ours.pem") });
  const refused = await rejection(trusting.send(get(`https://127.0.0.1:${server.port}/`), 5000));
  expect(refused).toMatchObject({ code: "unavailable" });
  await server.stop(true);
});

test("a key that is another's, half a pair, and files that are not there are refused before anything listens", () => {
  const of = (tls_cert?: string, tls_key?: string) => () => readTls({ tls_cert, tls_key });
  expect(of(file("hub.pem"), file("hub.key"))()?.cert).toBe(text("hub.pem"));
  expect(of()()).toBeUndefined();
  expect(of(file("hub.pem"), file("ours.key"))).toThrow("is not the key of");
  expect(of(file("hub.key"), file("hub.key"))).toThrow("is not the key of");
  expect(of(file("hub.pem"))).toThrow("go together");
  expect(of(file("none.pem"), file("hub.key"))).toThrow("cannot be read (ENOENT)");
});

test("a rig whose authority's file is none says so before it asks anybody", () => {
  const settings = (name: string) => rigContext({ settings: { hub_ca_file: file(name) } }).settings;
  expect(() => hubNet(settings("hub.key"))).toThrow("holds no certificate");
  expect(() => hubNet(settings("none"))).toThrow("ENOENT");
});
