import { expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Finding } from "../../../src/base/findings.ts";
import { judgeUnits } from "../../../src/base/unit-drift.ts";
import { judgeCredentials } from "../../../src/cli/doctor/service.ts";
import { judgeGateway, judgePeers } from "../../../src/cli/doctor/tunnel.ts";
import { newWireguardKeys } from "../../../src/base/wireguard.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { gateway, soundMachine, UNIT, units } from "./doctor-machine.ts";

const INSIDE = { hostname: "10.88.0.1", port: 8080 };

function alarms(findings: readonly Finding[]): string[] {
  for (const { level, remedy } of findings) if (level !== "ok") expect(remedy).toMatch(/\w{4}/);
  return findings.filter(({ level }) => level !== "ok").map(({ level, what, fact }) => `${level} ${what}: ${fact}`);
}

async function planted(plant: Parameters<typeof gateway>[0], address = INSIDE): Promise<string[]> {
  const places = gateway(plant);
  return alarms(await judgeGateway(places, address, places));
}

test("a sound gateway raises no alarm, and a machine that is none says nothing at all", async () => {
  expect(await planted({})).toEqual([]);
  expect(await judgeGateway(soundMachine.gateway, INSIDE, soundMachine.gateway)).toEqual([]);
  expect(await planted({}, { hostname: "0.0.0.0", port: 8080 })).toEqual([]);
});

test("21 a key that others read, 22 no interface, 23 its MTU, 24 a hub that listens outside the tunnel alone", async () => {
  expect(await planted({ mode: 0o644 })).toEqual([expect.stringContaining("FAIL gateway's key: others can read")]);
  expect(await planted({ mtu: "" })).toEqual(["FAIL tunnel: there is no interface fleet0: no rig gets in"]);
  expect(await planted({ mtu: "1420" })).toEqual([expect.stringContaining("FAIL MTU: 1420 on fleet0")]);
  const outside = await planted({}, { hostname: "127.0.0.1", port: 8080 });
  expect(outside).toEqual(["FAIL tunnel: the hub listens at 127.0.0.1 alone: no rig gets to it"]);
});

test("25 who else reaches the hub's port: a table that is gone, or was changed by hand", async () => {
  expect(await planted({ table: undefined })).toEqual([
    "FAIL firewall: its table is gone: neighbours may reach port 8080",
  ]);
  expect(await planted({ table: "table inet fleet_hub_wg {\n}\nx" })).toEqual([
    "FAIL firewall: its table was changed by hand: neighbours may reach port 8080",
  ]);
  // Who may not ask the kernel says so instead of guessing.
  const places = { ...gateway({ table: undefined }), isRoot: false };
  expect(alarms(await judgeGateway(places, INSIDE, places))).toEqual([]);
});

test("26 peers that are not the database's, and a gateway that fell silent", () => {
  const nowMs = 1_794_187_658_000;
  const { public_key } = newWireguardKeys();
  const peers = [{ address: "10.88.1.7", public_key }];
  const wanted = { fleet: 1 as const, pool: "10.88.0.0/16", generation: 5, gateways: [], peers };
  const told = { told_at: new Date(nowMs - 30_000).toISOString(), generation: 5, peers: 1, ages_s: new Map() };
  const judged = (change: object): string[] => alarms(judgePeers(wanted, { ...told, ...change }, nowMs));
  expect(judged({})).toEqual([]);
  expect(alarms([...judgePeers(undefined, told, nowMs), ...judgePeers(wanted, undefined, nowMs)])).toEqual([]);
  expect(judged({ peers: 2 })).toEqual(["FAIL peers: the gateway lets in 2, the database names 1"]);
  expect(judged({ generation: 4 })).toEqual(["FAIL peers: the gateway is at generation 4, the database at 5"]);
  expect(judged({ told_at: new Date(nowMs - 600_000).toISOString() })).toEqual([
    "FAIL peers: the gateway told nothing for 10 minutes",
  ]);
});

test("27 a drop-in that the hub cannot run with, 28 a secret's file that others read", () => {
  const harmless = { "fleet-hub.service": UNIT, "fleet-hub.service.d/allow.conf": "[Service]\nMemoryMax=4G\n" };
  expect(alarms(judgeUnits(units(harmless)))).toEqual([]);
  for (const line of ["MemoryDenyWriteExecute=yes", "LimitAS=2G", "SystemCallFilter=~@mount @sync"]) {
    const found = alarms(judgeUnits(units({ ...harmless, "fleet-hub.service.d/mine.conf": `[Service]\n${line}\n` })));
    expect(found).toEqual([expect.stringContaining(`mine.conf says ${line}`.slice(0, 30))]);
  }
  const folder = temporaryDirectory();
  const path = join(folder, "fleet-hub.admin_key");
  writeFileSync(path, "x", { mode: 0o600 });
  writeFileSync(join(folder, "another.key"), "x", { mode: 0o644 });
  expect(alarms(judgeCredentials(folder))).toEqual([]);
  chmodSync(path, 0o640);
  expect(alarms(judgeCredentials(folder))).toEqual([`FAIL secrets: others can read ${path}`]);
});
