import { beforeAll, expect, test } from "bun:test";
import { sha256 } from "../../../src/base/digest.ts";
import { ipv4Text } from "../../../src/base/ipv4.ts";
import { candidates, isAmong, readPool } from "../../../src/base/tunnel-pool.ts";
import { newWireguardKeys } from "../../../src/base/wireguard.ts";
import { cancelEnrolment, listEnrolments } from "../../../src/domain/enrolment.ts";
import { useCode } from "../../../src/domain/enrolment-use.ts";
import { authenticateRig, revokeRig } from "../../../src/domain/rigs.ts";
import { acceptRequest } from "../../../src/domain/tunnel/accept.ts";
import { ADDRESS_REST_DAYS } from "../../../src/domain/tunnel/addresses.ts";
import { createEnrolFile } from "../../../src/domain/tunnel/enrol-file.ts";
import { setGateway } from "../../../src/domain/tunnel/gateways.ts";
import { exportRig, peersByState, tunnelOverview } from "../../../src/domain/tunnel/overview.ts";
import { BOOTSTRAP_GRACE_MS } from "../../../src/domain/tunnel/peers.ts";
import { tunnelPeers } from "../../../src/domain/tunnel/publish.ts";
import { enrolRequest, requestLine } from "../../../src/wire/enrol-request.ts";
import type { EnrolFile } from "../../../src/wire/enrol-file.ts";
import { ADMIN, domainHub } from "../../support/domain-hub.ts";
import { forEachEngine } from "../../support/postgres.ts";
import { rejection } from "../../support/rejection.ts";

const PLACE = { well_id: "W-1", field: "North" };
const FROM = { address: "10.88.240.9", requestId: "r-7" };
const HOUR_MS = 3_600_000;
const FORM = { lifetimeMs: HOUR_MS, hubUrl: undefined, hubPort: 8080, keepaliveS: 0 };
const POOL = readPool("10.88.0.0/16");

forEachEngine("a rig's enrolment by file", (engine) => {
  const hub = domainHub(engine);
  let rigs = 0;
  const newRig = (rig_id = `FILE-${++rigs}`) => ({ rig_id, ...PLACE });
  const fileOf = (rig: ReturnType<typeof newRig>) => createEnrolFile(hub.context, rig, FORM, ADMIN);
  const published = async () => (await tunnelPeers(hub.context))?.peers ?? [];
  const join = (file: EnrolFile, public_key = newWireguardKeys().public_key) =>
    useCode(hub.context, { code: file.code, rig_id: file.rig_id, public_key }, FROM);

  beforeAll(async () => {
    const gateway = { name: "gate", endpoint: "hub.test:51820", public_key: newWireguardKeys().public_key };
    expect(await setGateway(hub.context, gateway, ADMIN)).toMatchObject({ result: "made" });
    expect(await setGateway(hub.context, gateway, ADMIN)).toMatchObject({ result: "unchanged" });
  });

  test("gives it an address by its name, and lets the file's key in until the code is used", async () => {
    const file = await fileOf(newRig("FILE-A"));
    const [first] = candidates(POOL.rigs, "FILE-A");
    expect(file.tunnel?.address).toBe(first ?? "");
    expect(file.hub_url).toBe("http://10.88.0.1:8080");
    expect(file.code).toHaveLength(26);
    const bootstrap = file.tunnel?.bootstrap.address ?? "";
    expect(isAmong(POOL.bootstraps, bootstrap)).toBe(true);
    expect((await published()).map(({ address }) => address)).toContain(bootstrap);
    const { public_key } = newWireguardKeys();
    const { api_key } = await join(file, public_key);
    expect(await authenticateRig(hub.context, api_key)).toMatchObject({ rigId: "FILE-A" });
    expect(await published()).toContainEqual({ address: first ?? "", public_key });
    hub.context.clock.advance(BOOTSTRAP_GRACE_MS);
    expect((await published()).map(({ address }) => address)).not.toContain(bootstrap);
  });

  test("lets the file's key in no longer than the code is good, nor once it was withdrawn", async () => {
    const [late, withdrawn] = [await fileOf(newRig()), await fileOf(newRig())];
    const [{ id } = { id: 0 }] = await listEnrolments(hub.context, 1);
    await cancelEnrolment(hub.context, id, ADMIN);
    const addresses = (await published()).map(({ address }) => address);
    expect(addresses).toContain(late.tunnel?.bootstrap.address ?? "");
    expect(addresses).not.toContain(withdrawn.tunnel?.bootstrap.address ?? "");
    hub.context.clock.advance(HOUR_MS);
    expect((await published()).map(({ address }) => address)).not.toContain(late.tunnel?.bootstrap.address ?? "");
    expect(await rejection(join(late))).toMatchObject({ code: "gone", message: expect.stringContaining("ended at") });
  });

  test("is told when a code is shown again: one entry a minute, and every time counted", async () => {
    const file = await fileOf(newRig());
    await join(file);
    for (let shown = 0; shown < 3; shown++) expect(await rejection(join(file))).toMatchObject({ code: "gone" });
    const entries = () => hub.sql`
      select actor, address from admin_audit where target = ${file.rig_id} and action = 'enrolment.reused'`;
    expect([...(await entries())]).toEqual([{ actor: "enrolment", address: FROM.address }]);
    hub.context.clock.advance(61_000);
    await rejection(join(file));
    expect(await entries()).toHaveLength(2);
    expect([...(await hub.sql`select reuses from enrolments where rig_id = ${file.rig_id}`)]).toEqual([{ reuses: 4 }]);
  });

  test("takes key and peer of a revoked rig at once, and gives it its old address again", async () => {
    const rig = newRig();
    const file = await fileOf(rig);
    const { api_key } = await join(file);
    const { generation = 0 } = (await tunnelPeers(hub.context)) ?? {};
    await revokeRig(hub.context, rig.rig_id, ADMIN);
    const after = await tunnelPeers(hub.context);
    expect(after?.generation).toBe(generation + 1);
    expect(after?.peers.map(({ address }) => address)).not.toContain(file.tunnel?.address ?? "");
    expect(await rejection(authenticateRig(hub.context, api_key))).toMatchObject({ code: "rig_revoked" });
    const again = await fileOf(rig);
    expect(again.tunnel?.address).toBe(file.tunnel?.address ?? "");
    expect(again.tunnel?.bootstrap.address).not.toBe(file.tunnel?.bootstrap.address);
  });

  test("lets an address rest before another rig gets it", async () => {
    const gone = newRig();
    const file = await fileOf(gone);
    await join(file);
    await revokeRig(hub.context, gone.rig_id, ADMIN);
    const address = file.tunnel?.address ?? "";
    const rival = rivalOf(address);
    expect((await fileOf(newRig(rival))).tunnel?.address).not.toBe(address);
    hub.context.clock.advance((ADDRESS_REST_DAYS + 1) * 24 * HOUR_MS);
    await hub.sql`delete from wg_peers where rig_id = ${rival}`;
    expect((await fileOf(newRig(rival))).tunnel?.address).toBe(address);
    const other = await fileOf(gone);
    expect(other.tunnel?.address).not.toBe(address);
  });

  test("refuses a key that is another peer's, and one that is none", async () => {
    const { public_key } = newWireguardKeys();
    await join(await fileOf(newRig()), public_key);
    const file = await fileOf(newRig());
    expect(await rejection(join(file, public_key))).toMatchObject({ code: "conflict" });
    expect(await rejection(join(file, "PostUp = rm"))).toMatchObject({ code: "schema" });
    expect(await join(file)).toMatchObject({ rig_id: file.rig_id });
  });

  test("can be asked for by a line that opens nothing else", async () => {
    const file = await fileOf(newRig());
    const { public_key } = newWireguardKeys();
    const asked = { rig_id: file.rig_id, public_key, api_key: "sk-fleet-made-on-the-rig" };
    const line = requestLine(enrolRequest(file.code, asked));
    expect(line).not.toContain(file.code);
    const stranger = requestLine({ ...enrolRequest(file.code, asked), api_key_hash: sha256("a stranger's") });
    expect(await rejection(acceptRequest(hub.context, stranger, ADMIN))).toMatchObject({ code: "not_found" });
    expect(await rejection(acceptRequest(hub.context, line.slice(0, -3), ADMIN))).toMatchObject({ code: "schema" });
    expect(await acceptRequest(hub.context, line, ADMIN)).toMatchObject({ rig_id: file.rig_id });
    expect(await authenticateRig(hub.context, asked.api_key)).toMatchObject({ rigId: file.rig_id });
    expect(await published()).toContainEqual({ address: file.tunnel?.address ?? "", public_key });
    expect(await rejection(acceptRequest(hub.context, line, ADMIN))).toMatchObject({ code: "gone" });
  });

  test("without the tunnel holds a code and the hub's address", async () => {
    const form = { ...FORM, hubUrl: "https://hub.test" };
    const file = await createEnrolFile(hub.context, newRig(), form, ADMIN);
    expect(file).not.toHaveProperty("tunnel");
    expect(file.hub_url).toBe("https://hub.test");
    const code = { code: file.code };
    expect(await useCode(hub.context, code, FROM)).toMatchObject({ rig_id: file.rig_id });
  });

  test("shows and exports without a secret", async () => {
    const file = await fileOf(newRig());
    await join(file);
    const overview = await tunnelOverview(hub.context);
    expect(overview).toMatchObject({ pool: "10.88.0.0/16", gateways: [{ name: "gate", address: "10.88.0.1" }] });
    expect((await peersByState(hub.context))["active"]).toBeGreaterThan(0);
    const conf = await exportRig(hub.context, file.rig_id, { keyFile: "/etc/k", keepaliveS: 25 });
    expect(conf).toContain(`Address = ${file.tunnel?.address}/32\nMTU = 1280\nPostUp = wg set %i private-key /etc/k`);
    expect(conf).toContain("AllowedIPs = 10.88.0.1/32\nPersistentKeepalive = 25");
    expect(conf).not.toContain("PrivateKey");
    await revokeRig(hub.context, file.rig_id, ADMIN);
    const revoked = exportRig(hub.context, file.rig_id, { keyFile: "/etc/k", keepaliveS: 0 });
    expect(await rejection(revoked)).toMatchObject({ code: "not_found" });
  });

  test("gives two hundred that come at once two hundred addresses", async () => {
    const files = await Promise.all(Array.from({ length: 200 }, (_, at) => fileOf(newRig(`MANY-${at}`))));
    expect(new Set(files.map(({ tunnel }) => tunnel?.address)).size).toBe(200);
    expect(new Set(files.map(({ tunnel }) => tunnel?.bootstrap.address)).size).toBe(200);
  }, 60_000);
});

forEachEngine("a fleet without a tunnel", (engine) => {
  const hub = domainHub(engine);

  test("enrols and revokes as before, and refuses a file for a tunnel", async () => {
    const rig = { rig_id: "BARE-1", ...PLACE };
    expect(await rejection(createEnrolFile(hub.context, rig, FORM, ADMIN))).toMatchObject({ code: "config" });
    const file = await createEnrolFile(hub.context, rig, { ...FORM, hubUrl: "http://hub.test" }, ADMIN);
    await useCode(hub.context, { code: file.code }, FROM);
    await revokeRig(hub.context, "BARE-1", ADMIN);
    expect(await tunnelPeers(hub.context)).toBeUndefined();
    expect(await peersByState(hub.context)).toEqual({});
    expect(await rejection(tunnelOverview(hub.context))).toMatchObject({ code: "not_found" });
  });
});

/** Another name whose own place in the pool is this address. */
function rivalOf(address: string): string {
  for (let at = 0; at < 2_000_000; at++) {
    const [first] = candidates(POOL.rigs, `RIVAL-${at}`);
    if (first === address) return `RIVAL-${at}`;
  }
  throw new Error(`no name leads to ${address} of ${ipv4Text(POOL.rigs.first)}`);
}
