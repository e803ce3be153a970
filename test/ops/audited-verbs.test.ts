import { beforeAll, afterAll, describe, expect, test } from "bun:test";
import { program } from "../../src/cli/program.ts";
import { shellFor } from "../support/hub-shell.ts";
import { testDatabase, type TestDatabase } from "../support/postgres.ts";

const LONG_MS = 60_000;
const PLACE = ["--well", "WOLFCAMP 24H", "--field", "Permian Basin"];

/** Verbs that change what the hub knows: how each is called, and the entry that it leaves. In this order. */
const DEEDS: Readonly<Record<string, readonly [argv: readonly string[], action: string]>> = {
  "rig register": [["RIG-1", ...PLACE], "rig.register"],
  "rig rotate-key": [["RIG-1"], "rig.rotate_key"],
  "rig revoke": [["RIG-1", "--reason", "stolen"], "rig.revoke"],
  "rig purge": [["RIG-1", "--yes"], "rig.purged"],
  "rig enroll": [["RIG-2", ...PLACE, "--no-tunnel", "--hub", "https://hub.test", "--out", "-"], "enrolment.create"],
  "wg init": [
    [
      "--endpoint",
      "hub.test:51820",
      "--name",
      "gate",
      "--public-key",
      `${"A".repeat(43)}=`,
      "--wg-pool",
      "10.99.0.0/16",
    ],
    "tunnel.gateway",
  ],
  curate: [[], "curation.run"],
  "epoch raise": [["--reason", "a test"], "epoch.raise"],
};

/** Why the others leave none here. */
const OTHERS: Readonly<Record<string, string>> = {
  serve:
    "what comes to it is told by its routes; the key that it makes at its first start is audited as admin_key.make",
  "rig accept": "enrols by the code of a line as the route does, in the same function, which leaves rig.enrol",
  migrate: "the schema has its own table of what was applied",
  backup: "leaves its row in the log of backups",
  restore: "leaves its row in the log of backups, or fills a database that is not yet anybody's",
  "backup key": "writes a file",
  "wg key": "writes a file",
  "wg apply": "brings a machine to what the database says",
  "service install": "works on a machine's files",
  "service uninstall": "works on a machine's files",
  "service status": "reads",
  upgrade: "works on a machine's files",
  unpack: "writes a file",
  units: "works on a machine's files",
  completion: "prints",
  version: "prints",
  check: "reads",
  doctor: "reads",
  "rig list": "reads",
  "rig show": "reads",
  "wg show": "reads",
  "wg export": "reads",
};

describe("every verb that changes what the hub knows leaves an entry", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase("server");
  }, LONG_MS);
  afterAll(() => database.close());

  test("each verb stands in one of the tables", () => {
    const known = [...Object.keys(DEEDS), ...Object.keys(OTHERS)];
    expect(program.verbs.map(({ name }) => name).toSorted()).toEqual(known.toSorted());
  });

  test.each(Object.entries(DEEDS))(
    "%s",
    async (verb, [argv, action]) => {
      const before = await newest(database);
      const code = await shellFor(database).run(...verb.split(" "), ...argv);
      const entries = await database.sql<{ actor: string; action: string }[]>`
        select actor, action from admin_audit where id > ${before} order by id`;
      expect(code).toBe(0);
      expect(entries.map(({ action: left }) => left)).toContain(action);
      expect(new Set(entries.map(({ actor }) => actor))).toEqual(new Set(["cli"]));
    },
    LONG_MS,
  );

  test("and one that only reads leaves none", async () => {
    const before = await newest(database);
    expect(await shellFor(database).run("rig", "list")).toBe(0);
    expect(await newest(database)).toBe(before);
  });
});

async function newest({ sql }: TestDatabase): Promise<number> {
  const [row] = await sql<{ id: number }[]>`select coalesce(max(id), 0) as id from admin_audit`;
  return row?.id ?? 0;
}
