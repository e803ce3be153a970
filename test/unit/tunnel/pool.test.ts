import { expect, test } from "bun:test";
import { ipv4Text, readIpv4, readNetwork, readRoutes } from "../../../src/base/ipv4.ts";
import { candidates, hubCandidates, isAmong, PROBES_MAX, readPool } from "../../../src/base/tunnel-pool.ts";
import { checkRoutes } from "../../../src/domain/tunnel/gateways.ts";
import { checkSettings, hubSettingTable } from "../../../src/domain/settings.ts";
import { readSettings } from "../../../src/base/settings.ts";
import { keepToEnrolment } from "../../../src/http/bootstrap-gate.ts";

const POOL = readPool("10.88.0.0/16");
const HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
const route = (device: string, destination: string, mask: string) =>
  `${device}\t${destination}\t00000000\t0001\t0\t0\t0\t${mask}\t0\t0\t0\n`;

test.each(["10.88.0.0/16", "10.0.0.0/8", "172.16.0.0/20"])("%s is cut into three parts without a gap", (text) => {
  const { all, hubs, rigs, bootstraps } = readPool(text);
  expect(hubs.first).toBe(all.first);
  expect(rigs.first).toBe(hubs.first + hubs.size);
  expect(bootstraps.first).toBe(rigs.first + rigs.size);
  expect(bootstraps.first + bootstraps.size).toBe(all.first + all.size);
});

test.each(["10.88.0.1/16", "10.88.0.0/24", "10.0.0.0/7", "10.88.0.0", "10.88.0.256/16", "fd00::/64"])(
  "%s is no pool, and the settings say so at once",
  (text) => {
    expect(() => readPool(text)).toThrow();
    const settings = { ...readSettings(hubSettingTable, []), wg_pool: text };
    expect(() => checkSettings(settings)).toThrow();
  },
);

test("an address is text and number alike, also as a socket for both families tells it", () => {
  expect(ipv4Text(readIpv4("10.88.3.7") ?? 0)).toBe("10.88.3.7");
  expect(readIpv4("::ffff:10.88.3.7")).toBe(readIpv4("10.88.3.7"));
  for (const no of ["10.88.3", "10.88.3.300", "local", "::1", ""]) expect(readIpv4(no)).toBeUndefined();
});

test("a name leads to the same address always, then to the next ones, and never out of the rigs' part", () => {
  const first = [...candidates(POOL.rigs, "RIG-7")];
  expect(first).toEqual([...candidates(POOL.rigs, "RIG-7")]);
  expect(first).toHaveLength(PROBES_MAX);
  expect(new Set(first).size).toBe(PROBES_MAX);
  expect(first.every((address) => isAmong(POOL.rigs, address))).toBe(true);
  expect([...hubCandidates(POOL)].slice(0, 2)).toEqual(["10.88.0.1", "10.88.0.2"]);
});

test("five thousand names need a step in twenty", () => {
  const taken = new Set<string>();
  let [probes, most] = [0, 0];
  for (let rig = 0; rig < 5000; rig++) {
    let tries = 0;
    for (const address of candidates(POOL.rigs, `RIG-${rig}`)) {
      if (!taken.has(address)) {
        taken.add(address);
        break;
      }
      tries++;
    }
    probes += tries;
    most = Math.max(most, tries);
  }
  expect(taken.size).toBe(5000);
  expect(probes / 5000).toBeLessThan(0.06);
  expect(most).toBeLessThanOrEqual(6);
});

test("a pool that hides a network of this machine is refused; the default route and our own interface hide nothing", () => {
  const lan = `${HEAD}${route("eth0", "00000000", "00000000")}${route("fleet0", "0000580A", "0000FFFF")}`;
  checkRoutes(POOL, readRoutes(lan), "fleet0");
  expect(() => checkRoutes(POOL, readRoutes(lan + route("eth1", "0003580A", "00FFFFFF")), "fleet0")).toThrow(
    "overlaps 10.88.3.0/24, which eth1 leads to",
  );
  expect(() => checkRoutes(POOL, readRoutes(HEAD + route("eth1", "0000000A", "000000FF")), "fleet0")).toThrow(
    "10.0.0.0/8",
  );
  expect(readNetwork("10.88.0.0/16").size).toBe(65_536);
});

test("an address of a file's key may enrol and nothing else, where this hub has a gateway", () => {
  const settings = readSettings(hubSettingTable, []);
  const gateway = { ...settings, wg_peers_file: "/run/fleet-hub/wg-peers.json" };
  const machine = ipv4Text(POOL.bootstraps.first + 9);
  expect(() => keepToEnrolment(gateway, machine, { enrols: false })).toThrow("may enrol and nothing else");
  expect(() => keepToEnrolment(gateway, `::ffff:${machine}`, { enrols: false })).toThrow();
  keepToEnrolment(gateway, machine, { enrols: true });
  keepToEnrolment(settings, machine, { enrols: false });
  for (const other of ["10.88.1.7", "192.0.2.1", "local"]) keepToEnrolment(gateway, other, { enrols: false });
});
