import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Commands } from "../../../src/base/command.ts";
import type { Surroundings } from "../../../src/cli/doctor/doctor.ts";
import type { UnitPlaces } from "../../../src/base/unit-drift.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

export type Around = Partial<Surroundings>;

export const UNIT = "[Unit]\n";

/** A folder of units, and what was shipped under the same names. */
export function units(found: Readonly<Record<string, string>>): UnitPlaces {
  const folder = temporaryDirectory();
  for (const [name, text] of Object.entries(found)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return {
    folders: [folder],
    shipped: { "fleet-hub.service": UNIT, "fleet-hub-backup.timer": UNIT },
    installer: "install-hub.sh",
  };
}

/** Answers to `nft list`. */
export function firewall(code: number, stdout: string): Commands {
  return { run: async () => ({ code, stdout, stderr: "" }) };
}

/** Without a service and without a tunnel: nothing to find fault with. */
export const soundMachine: Omit<Surroundings, "net"> = {
  units: units({}),
  settingsFile: "/nonexistent",
  secretsFolder: "/nonexistent",
  gateway: {
    keyFile: "/nonexistent",
    stateDir: "/nonexistent",
    device: "fleet0",
    interfaces: "/nonexistent",
    commands: firewall(1, ""),
    isRoot: true,
    addresses: () => [],
  },
};

const TABLE = "table inet fleet_hub_wg {\n}\n";

/** A gateway on which all is well; each part can be planted otherwise. */
export function gateway(
  planted: { mtu?: string; mode?: number; table?: string | undefined; listed?: string } = {},
): Surroundings["gateway"] {
  const folder = temporaryDirectory();
  const { mtu = "1280", mode = 0o600, listed = TABLE } = planted;
  const table = "table" in planted ? planted.table : TABLE;
  writeFileSync(join(folder, "wireguard.key"), "x", { mode });
  writeFileSync(join(folder, "firewall.listed"), listed);
  if (mtu !== "") {
    mkdirSync(join(folder, "fleet0"));
    writeFileSync(join(folder, "fleet0", "mtu"), `${mtu}\n`);
  }
  return {
    keyFile: join(folder, "wireguard.key"),
    stateDir: folder,
    device: "fleet0",
    interfaces: folder,
    commands: firewall(table === undefined ? 1 : 0, table ?? ""),
    isRoot: true,
    addresses: () => ["10.88.0.1"],
  };
}
