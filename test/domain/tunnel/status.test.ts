import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { newWireguardKeys } from "../../../src/base/wireguard.ts";
import { readGauges } from "../../../src/domain/gauges.ts";
import { setGateway } from "../../../src/domain/tunnel/gateways.ts";
import { tunnelStatus } from "../../../src/domain/tunnel/status.ts";
import { ADMIN, domainHub } from "../../support/domain-hub.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { forEachEngine } from "../../support/postgres.ts";

forEachEngine("the tunnel's state", (engine) => {
  const file = join(temporaryDirectory(), "handshakes.json");
  const hub = domainHub(engine, { settings: { wg_handshakes_file: file } });

  test("is null without a tunnel, and an unreadable file of handshakes is none", async () => {
    expect(await tunnelStatus(hub.context)).toBeNull();
    const gateway = { name: "gate", endpoint: "hub.test:51820", public_key: newWireguardKeys().public_key };
    await setGateway(hub.context, gateway, ADMIN);
    const bare = { pool: "10.88.0.0/16", peers: { bootstrap: 0 }, handshakes: null };
    expect(await tunnelStatus(hub.context)).toMatchObject(bare);
    writeFileSync(file, "{ half");
    expect(await tunnelStatus(hub.context)).toMatchObject(bare);
    writeFileSync(file, JSON.stringify({ fleet: 1, at: new Date(hub.context.clock.now()).toISOString(), ages_s: {} }));
    expect(await tunnelStatus(hub.context)).toMatchObject({ handshakes: { youngest_s: null } });
  });

  test("tells how long ago the last peer was heard, by now", async () => {
    const at = new Date(hub.context.clock.now()).toISOString();
    writeFileSync(file, JSON.stringify({ fleet: 1, at, ages_s: { a: 40, b: 9 } }));
    hub.context.clock.advance(21_000);
    expect(await tunnelStatus(hub.context)).toMatchObject({ handshakes: { told_at: at, youngest_s: 30 } });
    expect(await readGauges(hub.context)).toMatchObject({ wg_handshake_age_s: 30, wg_peers: { bootstrap: 0 } });
  });
});
