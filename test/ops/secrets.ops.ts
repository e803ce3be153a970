import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { say } from "../support/say.ts";
import { bootMachine, missingExecutables, ROOT, type Machine } from "./units/machine.ts";

const LONG_MS = 300_000;
const FOLDER = join(ROOT, "test", "ops", "secrets");
const SERVER = "/usr/lib/postgresql";
const SECRETS = [
  "admin-key",
  "backups-key",
  "bootstrap-key",
  "database-password",
  "enrolment-code",
  "gateways-key",
  "new-api-key",
  "rigs-api-key",
  "second-rigs-api-key",
  "session-cookie",
  "viewer-key",
];
const missing = missingExecutables();
if (missing !== undefined) throw new Error(missing);
if (!existsSync(SERVER)) {
  Bun.spawnSync(["apt-get", "update", "-qq"]);
  Bun.spawnSync(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "postgresql", "zstd", "curl"]);
}
const problem = existsSync(SERVER) ? undefined : "the distribution's PostgreSQL cannot be installed";
const machine = problem === undefined ? await bootMachine() : undefined;
if (machine === undefined) say(`SKIPPED, secrets are not searched for: ${problem ?? "no root, systemd or namespaces"}`);
afterAll(() => machine?.stop());

describe.skipIf(machine === undefined)("secrets that were planted, after a day of use", () => {
  const on = machine as Machine;
  const lines = (line: string): string[] =>
    on
      .ok(line)
      .split("\n")
      .filter((each) => each !== "");
  const search = (): string[] => lines(`sh ${FOLDER}/search.sh`);

  beforeAll(() => {
    on.ok(`sh ${FOLDER}/story.sh ${ROOT} ${process.execPath}`);
  }, LONG_MS);

  test(
    "stand in no command line, environment, log, reply, backup, dump, unit, support archive or file for everybody",
    () => {
      const places = lines("find /root/places -type f -size +0 -printf '%f\\n' | sort");
      expect(lines("ls /root/secrets")).toEqual(SECRETS);
      expect(places).toEqual([
        "backup",
        "database",
        "databases-log",
        "hubs-bundle",
        "installer",
        "journal",
        "processes",
        "readable-files",
        "replies",
        "sealed-backup",
        "spokes-bundle",
        "systemctl-cat",
        "systemctl-show",
        "verbs",
      ]);
      // The search looks where things are: each place knows of the story.
      for (const place of ["backup", "database", "replies", "verbs"]) {
        expect(on.ok(`grep -ac RIG-7 /root/places/${place}`)).not.toBe("0");
      }
      const hits = search();
      say(`${SECRETS.length} secrets in ${places.length} places: ${hits.length} hits`);
      expect(hits).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "are found where they are: a unit that carries one, and a log that tells one",
    () => {
      on.ok(`mkdir -p /run/systemd/system/fleet-hub.service.d
        printf '[Service]\\nEnvironment=FLEET_ADMIN_KEY=%s\\n' "$(cat /root/secrets/admin-key)" \
          > /run/systemd/system/fleet-hub.service.d/mutant.conf
        systemctl daemon-reload; systemctl restart fleet-hub
        systemctl show fleet-hub > /root/places/systemctl-show
        tr '\\0' '\\n' < "/proc/$(systemctl show fleet-hub -p MainPID --value)/environ" > /root/places/processes
        cat /root/secrets/session-cookie | systemd-cat; sleep 1; journalctl --no-pager -o export > /root/places/journal
        od -An -v -tx1 < /root/secrets/rigs-api-key | tr -d ' \\n' >> /root/places/database`);
      expect(search()).toEqual([
        "admin-key in processes",
        "admin-key in systemctl-show",
        "rigs-api-key in database",
        "session-cookie in journal",
      ]);
    },
    LONG_MS,
  );
});
