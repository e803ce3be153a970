import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../src/base/clock.ts";
import { Fault } from "../../../src/base/fault.ts";
import { judgeClock, judgeCompiler, judgeDisk, struckOut, type Finding } from "../../../src/base/findings.ts";
import type { Net } from "../../../src/base/net.ts";
import { silentNotify } from "../../../src/base/notify.ts";
import { systemRandom } from "../../../src/base/random.ts";
import { doctorVerb, look } from "../../../src/cli/doctor.ts";
import { judgeServer } from "../../../src/cli/doctor/database.ts";
import type { Cli } from "../../../src/cli/environment.ts";
import { soundMachine, UNIT, units, type Around } from "./doctor-machine.ts";
import { testDatabase, type TestDatabase } from "../../support/postgres.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

const OPEN_MS = 120_000;
const KEY = "the-planted-admin-key";

/** A net on which whoever is asked says this. */
function saying(status: number, body: string): Net {
  return { send: async () => ({ status, headers: {}, body: new TextEncoder().encode(body) }) };
}
const ready = saying(200, '{"status":"ready"}');
const nobody: Net = { send: () => Promise.reject(new Fault("unavailable", "refused")) };

interface Plant {
  readonly environment?: Record<string, string>;
  readonly around?: Around;
  readonly clock?: Cli["clock"];
}

function cli({ environment = {}, clock = systemClock }: Plant, print: (line: string) => void = () => {}): Cli {
  return {
    environment,
    cwd: temporaryDirectory(),
    clock,
    random: systemRandom,
    print,
    writeLog: () => {},
    stopRequested: new Promise(() => {}),
    onReload: () => {},
    version: "0.0.0-test",
    notify: silentNotify,
  };
}

async function looked(plant: Plant): Promise<readonly Finding[]> {
  const around = { ...soundMachine, net: ready, ...plant.around };
  return (await look({ args: [], flags: {} }, cli(plant), around)).findings;
}

function alarms(findings: readonly Finding[]): string[] {
  return findings.filter(({ level }) => level !== "ok").map(({ level, what }) => `${level} ${what}`);
}

/** The one fault is named, with its remedy, and nothing else is. */
async function expectOnly(plant: Plant, alarm: string, fact: RegExp): Promise<void> {
  const findings = await looked(plant);
  expect(alarms(findings)).toEqual([alarm]);
  const found = findings.find(({ level }) => level !== "ok");
  expect(found?.fact).toMatch(fact);
  expect(found?.remedy).toMatch(/\w{4}/);
}

function file(text: string): string {
  const path = join(temporaryDirectory(), "file");
  writeFileSync(path, text);
  return path;
}

describe("a planted fault is named with its remedy, and nothing else is", () => {
  let database: TestDatabase;
  let sound: Record<string, string> = {};
  beforeAll(async () => {
    database = await testDatabase("server");
    sound = {
      FLEET_DATABASE_URL: database.url ?? "",
      FLEET_DATA_DIR: temporaryDirectory(),
      FLEET_ADMIN_KEY: KEY,
    };
    const now = new Date();
    await database.sql`insert into backup_log (kind, at, ok) values ('backup', ${now}, true), ('restore', ${now}, true)`;
  }, OPEN_MS);
  afterAll(() => database.close());

  /** Fsync is off on the test server in every look, and named every time. */
  async function named(plant: Plant): Promise<Finding[]> {
    const findings = await looked({ ...plant, environment: { ...sound, ...plant.environment } });
    const others = findings.filter(({ level, what }) => level !== "ok" && what !== "durability");
    for (const { remedy } of others) expect(remedy).toMatch(/\w{4}/);
    return others;
  }

  async function expectNamed(plant: Plant, alarm: string, fact: RegExp): Promise<void> {
    const others = await named(plant);
    expect(alarms(others)).toEqual([alarm]);
    expect(others[0]?.fact).toMatch(fact);
  }

  test("nothing planted: no alarm but for the server's missing fsync", async () => {
    expect(await named({})).toEqual([]);
    const durability = (await looked({ environment: sound })).find(({ what }) => what === "durability");
    expect(durability).toMatchObject({ level: "FAIL", remedy: expect.stringContaining("fsync = on") });
  });

  test("1 no hub at the address, 2 something else there, 3 a hub that is not ready", async () => {
    await expectNamed({ around: { net: nobody } }, "FAIL service", /no hub answers/);
    await expectNamed({ around: { net: saying(200, "<html>") } }, "FAIL service", /something else/);
    await expectNamed({ around: { net: saying(503, '{"status":"not_ready","reason":"x"}') } }, "FAIL service", /x/);
  });

  test("4 an address for everybody, 5 a secret in the settings' file, 6 a unit that was edited", async () => {
    await expectNamed({ environment: { FLEET_BIND_ADDRESS: "0.0.0.0" } }, "warn address", /every network/);
    await expectNamed(
      { around: { settingsFile: file(`FLEET_ADMIN_KEY=${KEY}\n`) } },
      "FAIL secrets",
      /FLEET_ADMIN_KEY/,
    );
    await expectNamed(
      { around: { units: units({ "fleet-hub.service": `${UNIT}#\n` }) } },
      "warn units",
      /fleet-hub.service/,
    );
    const sameUnit = units({ "fleet-hub.service": UNIT });
    expect(await named({ around: { units: sameUnit, settingsFile: file("FLEET_PORT=1\n") } })).toEqual([]);
  });

  test("7 a clock that is wrong, 8 a pool beyond the server's connections", async () => {
    const clock = { ...systemClock, now: () => Date.now() - 120_000 };
    await expectNamed({ clock }, "FAIL clock", /120\.\d s behind/);
    await expectNamed({ environment: { FLEET_DATABASE_POOL: "200" } }, "FAIL pool", /200/);
  });

  test("9 a database that is away, 10 that does not exist, 11 a user who may not", async () => {
    const url = new URL(database.url ?? "");
    await expectNamed(
      { environment: { FLEET_DATABASE_URL: "postgres://x@127.0.0.1:9/x" } },
      "FAIL database",
      /reached/,
    );
    const absent = new URL(url);
    absent.pathname = "/absent";
    await expectNamed({ environment: { FLEET_DATABASE_URL: absent.href } }, "FAIL database", /not exist/);
    const stranger = new URL(url);
    stranger.username = "stranger";
    await expectNamed({ environment: { FLEET_DATABASE_URL: stranger.href } }, "FAIL database", /user/);
  });

  test("12 a failed run, 13 an old backup, 14 no proof, 15 a silent rig, 16 a rig's clock, 17 no admin key", async () => {
    const { sql } = database;
    const at = new Date();
    await sql`insert into curation_runs (cause, started_at, finished_at, error) values ('schedule', ${at}, ${at}, 'full')`;
    await expectNamed({}, "FAIL curation", /full/);
    await sql`delete from curation_runs`;
    await sql`update backup_log set at = at - interval '14 hours' where kind = 'backup'`;
    await expectNamed({}, "FAIL backup", /14 hours/);
    await sql`update backup_log set at = ${at}`;
    await sql`delete from backup_log where kind = 'restore'`;
    // A hub of today has had no time for it.
    expect(await named({})).toEqual([]);
    await sql`update schema_compat set applied_at = applied_at - interval '9 days'`;
    await expectNamed({}, "warn proof of a backup", /never/);
    await sql`insert into backup_log (kind, at, ok) values ('restore', ${at}, true)`;
    await sql`
      insert into rigs (rig_id, key_hash, well_id, field, registered_at, last_seen, clock_offset_s)
      values ('RIG-7', '\\x01', 'W', 'F', ${at}, ${new Date(at.getTime() - 3 * 86_400_000)}, 0)`;
    await expectNamed({}, "warn rigs", /RIG-7/);
    await sql`update rigs set last_seen = ${at}, clock_offset_s = 61`;
    await expectNamed({}, "warn rigs' clocks", /RIG-7/);
    await sql`delete from rigs`;
    await expectNamed({ environment: { FLEET_ADMIN_KEY: "" } }, "FAIL admin key", /none/);
  });

  test("18 a schema that is behind, 19 one that is too new", async () => {
    const { sql } = database;
    await sql`update schema_compat set migration = 'away' where migration like '0003%'`;
    const behind = (await named({})).filter(({ what }) => what === "schema" || what === "database");
    await sql`update schema_compat set migration = '0003-tunnel' where migration = 'away'`;
    expect(behind.length).toBeGreaterThan(0);
    await sql`update schema_compat set oldest_hub = '99.0.0' where migration like '0003%'`;
    await expectNamed({}, "FAIL database", /needs hub 99/);
    await sql`update schema_compat set oldest_hub = '0.1.0' where migration like '0003%'`;
  });
});

test("20 every wrong setting has a line of its own, and nothing else is looked at", async () => {
  const findings = await looked({ environment: { FLEET_PORT: "http", FLEET_DATABASE_URL: "mysql://x:hidden@y/z" } });
  expect(alarms(findings)).toEqual(["FAIL settings", "FAIL settings"]);
  expect(JSON.stringify(findings)).not.toContain("hidden");
  await expectOnly({ environment: { FLEET_BIND_ADDRESS: "10.0.0.1:99999" } }, "FAIL settings", /no address/);
  const same = { FLEET_ADMIN_KEY: KEY, FLEET_VIEWER_KEY: KEY };
  await expectOnly({ environment: same }, "FAIL settings", /is the admin's key/);
});

test("what cannot be planted here is judged by its figures", () => {
  const server = {
    version_num: 160_004,
    fsync: true,
    full_page_writes: true,
    synchronous_commit: "on",
    read_only: false,
    connections_max: 100,
    now_ms: 0,
  };
  const judged = (change: Partial<typeof server>): string[] => alarms(judgeServer({ ...server, ...change }, 10, 0));
  expect(judged({})).toEqual([]);
  expect(judged({ version_num: 140_009 })).toEqual(["FAIL database"]);
  expect(judged({ read_only: true })).toEqual(["FAIL database"]);
  expect(judged({ full_page_writes: false })).toEqual(["FAIL durability"]);
  expect(judged({ synchronous_commit: "off" })).toEqual(["FAIL durability"]);
  expect(alarms([judgeDisk("/", { free_bytes: 1, total_bytes: 100 })])).toEqual(["FAIL disk"]);
  expect(alarms([judgeDisk("/", { free_bytes: 5, total_bytes: 100 })])).toEqual(["warn disk"]);
  expect(alarms([judgeDisk("/", { free_bytes: 50, total_bytes: 100 })])).toEqual([]);
  expect(alarms([judgeClock("x", 6), judgeClock("x", -4)])).toEqual(["warn clock"]);
  expect(alarms([judgeCompiler(false), judgeCompiler(true)])).toEqual(["FAIL runtime"]);
});

test("the support archive holds findings and settings and no secret, whatever was planted", async () => {
  const path = join(temporaryDirectory(), "bundle.json");
  const data = join(temporaryDirectory(), "data");
  mkdirSync(data);
  const environment = {
    FLEET_DATABASE_URL: "postgres://hub:pa%22ssword@127.0.0.1:9/x",
    FLEET_ADMIN_KEY: 'key-"with\\everything',
    FLEET_DATA_DIR: data,
  };
  const lines: string[] = [];
  const code = await doctorVerb.run(
    { args: [], flags: { bundle: path } },
    cli({ environment }, (line) => lines.push(line)),
  );
  expect(code).toBe(1);
  const text = readFileSync(path, "utf8");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(JSON.parse(text)).toMatchObject({ version: "0.0.0-test", settings: { admin_key: "(given)", port: 8080 } });
  for (const secret of ["pa%22ssword", "with\\\\everything"]) expect(text + lines.join()).not.toContain(secret);
  expect(struckOut('a "k\\"1" k"1', ['k"1'])).toBe('a "(struck out)" (struck out)');
  // A look makes nothing.
  expect(existsSync(join(data, "postgres"))).toBe(false);
});
