import { beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { newWireguardKeys } from "../../../src/base/wireguard.ts";
import { useCode } from "../../../src/domain/enrolment-use.ts";
import { revokeRig } from "../../../src/domain/rigs.ts";
import { createEnrolFile } from "../../../src/domain/tunnel/enrol-file.ts";
import { setGateway } from "../../../src/domain/tunnel/gateways.ts";
import { BOOTSTRAP_GRACE_MS } from "../../../src/domain/tunnel/peers.ts";
import { createTunnelPublisher, PUBLISH_EVERY_MS } from "../../../src/domain/tunnel/publish.ts";
import type { TunnelPeers } from "../../../src/wire/tunnel-peers.ts";
import { ADMIN, domainHub } from "../../support/domain-hub.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { forEachEngine } from "../../support/postgres.ts";

const FORM = { lifetimeMs: 3_600_000, hubUrl: undefined, hubPort: 8080, keepaliveS: 0 };
const FROM = { address: "10.88.240.9", requestId: "r-7" };
const TURNS_MAX = 1000;

forEachEngine("a hub with a gateway", (engine) => {
  const applied = join(temporaryDirectory(), "handshakes.json");
  const hub = domainHub(engine, { settings: { wg_handshakes_file: applied } });
  beforeAll(async () => {
    const { public_key } = newWireguardKeys();
    await setGateway(hub.context, { name: "gate", endpoint: "hub.test:51820", public_key }, ADMIN);
  });

  test("writes who may come in when that changes, also by time alone, nothing when it does not, and again what a gateway missed", async () => {
    const { clock } = hub.context;
    const written: TunnelPeers[] = [];
    const publisher = createTunnelPublisher(hub.context, (peers) => void written.push(peers));
    const asleep = async (): Promise<void> => {
      for (let turn = 0; clock.sleepers === 0 && turn < TURNS_MAX; turn++) await Bun.sleep(1);
      expect(clock.sleepers).toBe(1);
    };
    const look = async (): Promise<void> => {
      await asleep();
      clock.advance(PUBLISH_EVERY_MS);
      await asleep();
    };
    publisher.start();
    await asleep();
    expect(written.map(({ peers }) => peers.length)).toEqual([0]);
    await look();
    expect(written).toHaveLength(1);

    const rig = { rig_id: "RIG-7", well_id: "W-1", field: "North" };
    const file = await createEnrolFile(hub.context, rig, FORM, ADMIN);
    await look();
    expect(written.at(-1)?.peers.map(({ address }) => address)).toEqual([file.tunnel?.bootstrap.address ?? ""]);

    await useCode(hub.context, { code: file.code, public_key: newWireguardKeys().public_key }, FROM);
    await look();
    expect(written.at(-1)?.peers).toHaveLength(2);
    clock.advance(BOOTSTRAP_GRACE_MS);
    await look();
    expect(written.at(-1)?.peers.map(({ address }) => address)).toEqual([file.tunnel?.address ?? ""]);

    await revokeRig(hub.context, "RIG-7", ADMIN);
    await look();
    expect(written.at(-1)?.peers).toEqual([]);
    const [count, generations] = [written.length, written.map(({ generation }) => generation)];
    expect(generations).toEqual(generations.toSorted((left, right) => left - right));
    for (let quiet = 0; quiet < 3; quiet++) await look();
    expect(written).toHaveLength(count);

    const tell = (generation: number): void =>
      writeFileSync(applied, JSON.stringify({ at: "2026-11-10T12:00:00.000Z", generation, ages_s: {} }));
    tell((generations.at(-1) ?? 0) - 1);
    for (let waiting = 0; waiting < 4; waiting++) await look();
    expect(written.length).toBeGreaterThan(count);
    const again = written.length;
    tell(generations.at(-1) ?? 0);
    for (let quiet = 0; quiet < 5; quiet++) await look();
    expect(written).toHaveLength(again);
    await publisher.stop();
  });
});
