/** npm run test:scale: what `deploy/scale/run.sh` starts loses a hub, its primary, its standby, under load. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { systemClock } from "../../../src/base/clock.ts";
import { say } from "../../support/say.ts";
import { openScaleLab, scaleProblem, type Db, type ScaleLab } from "./lab.ts";
import { openRigs, type Load, type Rigs } from "./rigs.ts";
import { compare, curated, epochOf } from "./stored.ts";

const LONG_MS = 240_000;
const RIGS = 4;
/** FLEET_SCALE_SECONDS: how long rigs send before and after each event of the plot. */
const SECONDS = Number(process.env["FLEET_SCALE_SECONDS"] ?? 10);
const RATE = 20;

const problem = await scaleProblem();
if (problem !== undefined) process.stderr.write(`${problem}\n`);

let lab: ScaleLab;
let rigs: Rigs;
let primary: Db = "db1";

beforeAll(async () => {
  if (problem !== undefined) return;
  lab = await openScaleLab("--hubs", "2", "--curators", "2");
  rigs = await openRigs(lab.url, lab.adminKey, RIGS);
}, LONG_MS);
afterAll(async () => {
  rigs?.close();
  await lab?.close();
}, LONG_MS);

function story(name: string, plot: () => Promise<Record<string, unknown>>): void {
  test.skipIf(problem !== undefined)(
    name,
    async () => {
      const told = await plot();
      const words = Object.entries(told).map(([what, value]) => `${what} ${String(value)}`);
      say(`${name}: ${words.join(", ")}`);
    },
    LONG_MS,
  );
}

/** Load before, while and after; then everything that was acknowledged is there, once, as it was sent. */
async function underLoad(plot: () => Promise<void>): Promise<Load & { secondsWithoutAnAnswer: string }> {
  rigs.start(RATE);
  await Bun.sleep(SECONDS * 500);
  await plot();
  await Bun.sleep(SECONDS * 500);
  const load = await rigs.stop();
  return { ...load, secondsWithoutAnAnswer: (load.longestGapMs / 1000).toFixed(1) };
}

async function found() {
  const database = await lab.open(primary);
  const differs = await compare(database, rigs.acknowledged);
  await database.close();
  return differs;
}

const SOUND = { lost: 0, doubled: 0, changed: 0 };

story("a hub killed by -9", async () => {
  const load = await underLoad(async () => {
    await lab.signalHub("h1", "KILL");
    await lab.hubEnded("h1");
    await Bun.sleep(1000);
    await lab.startHub("h1");
  });
  const differs = await found();
  expect(differs).toEqual(SOUND);
  return { events: load.sent, failed: load.failed, ...differs, "seconds to write again": load.secondsWithoutAnAnswer };
});

story("a hub drained by SIGTERM", async () => {
  const load = await underLoad(async () => {
    await lab.signalHub("h1", "TERM");
    await lab.hubEnded("h1");
    await lab.startHub("h1");
    await Bun.sleep(2000);
    await lab.signalHub("h2", "TERM");
    await lab.hubEnded("h2");
    await lab.startHub("h2");
  });
  const differs = await found();
  expect({ failed: load.failed, ...differs }).toEqual({ failed: 0, ...SOUND });
  return { events: load.sent, failed: load.failed, ...differs };
});

async function epochNow(): Promise<string | undefined> {
  const database = await lab.open(primary);
  const epoch = await epochOf(database);
  await database.close();
  return epoch;
}

story("the primary killed, its synchronous standby promoted", async () => {
  const before = await epochNow();
  let took = 0;
  const load = await underLoad(async () => {
    await lab.killDatabase("db1");
    const started = performance.now();
    await lab.promote("db1", "db2", "--nothing-lost");
    took = performance.now() - started;
  });
  primary = "db2";
  const differs = await found();
  expect({ ...differs, epoch: await epochNow() }).toEqual({ ...SOUND, epoch: before });
  return {
    events: load.sent,
    failed: load.failed,
    ...differs,
    "promoted in": `${(took / 1000).toFixed(1)} s`,
    "seconds to write again": load.secondsWithoutAnAnswer,
  };
});

/** Until the standby's disk has what the primary's has, commit by commit. */
async function synchronous(db: Db): Promise<void> {
  await lab.database(db, "sync", "on");
  while (!(await lab.database(db, "status")).includes("streaming sync")) await Bun.sleep(100);
}

story("the former primary rejoined, and made the primary again in a quiet minute", async () => {
  const load = await underLoad(async () => {
    await lab.database("db1", "rejoin", lab.address("db2"));
    await synchronous("db2");
    await lab.promote("db2", "db1", "--nothing-lost");
    primary = "db1";
    await lab.database("db2", "rejoin", lab.address("db1"));
    await synchronous("db1");
  });
  const differs = await found();
  expect(differs).toEqual(SOUND);
  return { events: load.sent, failed: load.failed, ...differs, "seconds to write again": load.secondsWithoutAnAnswer };
});

story("the standby lost: writes wait until they are let go", async () => {
  let waited = 0;
  const load = await underLoad(async () => {
    await lab.killDatabase("db2");
    const started = performance.now();
    await Bun.sleep(3000);
    await lab.database("db1", "sync", "off");
    waited = performance.now() - started;
  });
  const differs = await found();
  expect(differs).toEqual(SOUND);
  expect(load.longestGapMs).toBeGreaterThan(1500);
  return { events: load.sent, failed: load.failed, ...differs, "let go after": `${(waited / 1000).toFixed(1)} s` };
});

story("acknowledged by the primary alone, which is lost: a raised epoch brings it back", async () => {
  await rigs.passBy();
  await lab.database("db2", "status").catch(() => lab.database("db2", "start"));
  await lab.database("db1", "sync", "off");
  await lab.on("db1", "ip", "route", "add", "blackhole", lab.address("db2"));
  const before = rigs.acknowledged.size;
  await underLoad(async () => {});
  const behind = rigs.acknowledged.size - before;
  await lab.killDatabase("db1");
  const epoch = await lab.promote("db1", "db2");
  primary = "db2";
  const missing = await found();
  expect(missing.lost).toBeGreaterThan(0);
  expect(epoch).toContain("rigs offer again");
  const started = performance.now();
  await rigs.passBy();
  const took = performance.now() - started;
  const differs = await found();
  expect(differs).toEqual(SOUND);
  return { "sent meanwhile": behind, missing: missing.lost, "back in": `${(took / 1000).toFixed(1)} s`, ...differs };
});

story("two curators beside all that", async () => {
  const database = await lab.open(primary);
  const deadline = systemClock.now() + 60_000;
  let left = await curated(database);
  while (left["waiting"] !== 0 && systemClock.now() < deadline) {
    await Bun.sleep(200);
    left = await curated(database);
  }
  await database.close();
  expect(left).toEqual({ waiting: 0, failed: 0, astray: 0, miscounted: 0 });
  return left;
});

story("a caller's word for its address is not believed, and its tries are counted once", async () => {
  const statuses: number[] = [];
  for (let nth = 0; nth < 12; nth++) {
    const reply = await fetch(`${lab.url}/login`, {
      method: "POST",
      headers: { "X-Forwarded-For": `203.0.113.${nth}` },
      body: new URLSearchParams({ key: "wrong" }),
    });
    statuses.push(reply.status);
  }
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
  const database = await lab.open(primary);
  const rows = await database.sql`select distinct address from admin_audit where action = 'session.refused'`;
  await database.close();
  expect(rows.map(({ address }) => address as string)).toEqual([lab.address("lb").replace(/\.2$/, ".1")]);
  expect((await fetch(`${lab.url}/metrics`)).status).toBe(404);
  return { tries: statuses.length, refused: 2 };
});
