import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { Fault } from "../../src/base/fault.ts";
import { newSealKeys, readPublicKeys, readSecretKey } from "../../src/base/seal.ts";
import { readArchive } from "../../src/domain/backup/archive.ts";
import { restoreInto } from "../../src/domain/backup/restore.ts";
import { fillHub } from "../support/backup-seed.ts";
import { cuts, failureOf, flips, placeOf, proveIn, scratchIn, sourceOf, takeBackup } from "../support/backup-hub.ts";
import { openHub, type OpenedHub } from "../support/hub.ts";
import { emptyDatabase, forEachEngine, testDatabase } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";
import { verifyBackup } from "../../src/domain/backup/verify.ts";
import { systemClock } from "../../src/base/clock.ts";

const OPEN_MS = 60_000;
const EVENTS = 60;
const CUTS = 5;
const FLIPS = 25;

forEachEngine("a backup", (engine) => {
  let hub: OpenedHub;
  beforeAll(async () => {
    hub = await openHub(engine);
    await fillHub(hub, EVENTS);
  }, OPEN_MS);
  afterAll(() => hub.close());

  test(
    "is proven in a scratch database: rows, digests, bodies, library, curation",
    async () => {
      const made = await takeBackup(hub.database);
      const proof = await proveIn(engine, sourceOf(made.path), placeOf(hub.database));
      expect(failureOf(proof)).toBeUndefined();
      expect(proof.checks.map(({ name }) => name)).toEqual([
        "file",
        "restore",
        "rows and digests",
        "migrations",
        "bodies",
        "library page",
        "curation dry run",
      ]);
      expect(proof.checks.find(({ name }) => name === "bodies")?.found).toBe("20 of 20 hash right");
    },
    OPEN_MS,
  );

  test("leaves a row of what it made", async () => {
    const made = await takeBackup(hub.database);
    const [row] = await hub.context.sql`
      select kind, ok, bytes, detail ->> 'file' as file from backup_log order by id desc limit 1`;
    expect(row).toEqual({ kind: "backup", ok: true, bytes: made.bytes, file: made.file });
  });

  test("needs no hub to be read: tar lists it", async () => {
    const { path } = await takeBackup(hub.database);
    const listed = Bun.spawnSync(["tar", "tf", path]).stdout.toString().split("\n");
    expect(listed).toEqual(expect.arrayContaining(["tables/events/000001.jsonl.zst", "manifest.json", "sha256"]));
  });

  test("that is cut or has one bit turned is refused before anything is opened", async () => {
    const { path } = await takeBackup(hub.database);
    for (const damaged of [...cuts(path, CUTS), ...flips(path, FLIPS, 1)]) {
      expect(failureOf(await proveIn("embedded", sourceOf(damaged)))).toStartWith("file: ");
    }
  });

  test("goes into an empty database with a new epoch, and numbers go on where they were", async () => {
    const { path, manifest } = await takeBackup(hub.database);
    const target = await (engine === "server" ? testDatabase("embedded") : emptyDatabase("server"));
    const { epoch } = await restoreInto(sourceOf(path), placeOf(target), placeOf(hub.database));
    expect(epoch).not.toBe(manifest.epoch);
    const [next] = await target.sql<{ id: number }[]>`
      insert into backup_log (kind, at, ok) values ('backup', now(), true) returning id`;
    const [last] = await hub.context.sql<{ id: number }[]>`select max(id) as id from backup_log`;
    expect(next?.id).toBeGreaterThanOrEqual(last?.id ?? 0);
    const fault = await rejection(restoreInto(sourceOf(path), placeOf(target), placeOf(hub.database)));
    expect(fault).toMatchObject({ code: "conflict", message: "the target is not empty" });
    await target.close();
  }, 60_000);

  test("is never restored over the live database, nor proven in it", async () => {
    const { path } = await takeBackup(hub.database);
    const live = placeOf(hub.database);
    const fault = await rejection(restoreInto(sourceOf(path), live, live));
    expect(fault).toMatchObject({ code: "conflict", message: "the target is the live database" });
    const scratch = async () => scratchIn(hub.database);
    const proof = await verifyBackup({ clock: systemClock }, sourceOf(path), scratch, live);
    expect(failureOf(proof)).toStartWith("restore: the target is the live database");
  });
});

test("a sealed backup opens with the secret key of any recipient and with no other, and shows nothing without", async () => {
  const hub = await openHub("server");
  const keys = [newSealKeys(), newSealKeys()];
  const recipients = readPublicKeys(keys.map(({ publicKey }) => publicKey).join("\n"), "keys");
  const { path, manifest } = await takeBackup(hub.database, recipients);
  await hub.close();
  const readWith = async (file: string, keyText?: string): Promise<unknown> => {
    const secret = keyText === undefined ? undefined : readSecretKey(keyText, "key");
    return readArchive(await sourceOf(file, secret)());
  };
  for (const { secretKey } of keys) expect(await readWith(path, secretKey)).toEqual(manifest);
  expect(await rejection(readWith(path, newSealKeys().secretKey))).toMatchObject({ code: "forbidden" });
  expect(await rejection(readWith(path))).toMatchObject({ code: "forbidden" });
  expect(readFileSync(path).includes("manifest.json")).toBe(false);
  for (const damaged of [...cuts(path, CUTS), ...flips(path, FLIPS, 2)]) {
    expect(await rejection(readWith(damaged, keys[0]?.secretKey))).toBeInstanceOf(Fault);
  }
});

test("a backup of a newer schema is refused", async () => {
  const future = await openHub("server");
  await future.context.sql`insert into schema_compat (migration, oldest_hub) values ('9999-future', '0.1.0')`;
  const { path } = await takeBackup(future.database);
  expect(failureOf(await proveIn("server", sourceOf(path)))).toContain("9999-future");
  await future.close();
}, 60_000);
