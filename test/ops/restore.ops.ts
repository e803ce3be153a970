/** npm run test:restore: every damage is refused, a good backup is proven, on both engines and across them. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newSealKeys, readPublicKeys, readSecretKey } from "../../src/base/seal.ts";
import { systemClock } from "../../src/base/clock.ts";
import { restoreInto } from "../../src/domain/backup/restore.ts";
import { verifyBackup, type Verified } from "../../src/domain/backup/verify.ts";
import { cuts, failureOf, flips, placeOf, proveIn, scratchIn, sourceOf, takeBackup } from "../support/backup-hub.ts";
import { fillHub } from "../support/backup-seed.ts";
import { openHub, type OpenedHub } from "../support/hub.ts";
import { engines, forEachEngine } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";
import { say } from "../support/say.ts";

const LONG_MS = 600_000;
/** FLEET_SHARE=0.1 is a tenth of it, for every change. */
const SHARE = Number(process.env["FLEET_SHARE"] ?? 1);
const EVENTS = Math.ceil(2000 * SHARE);
const CUTS = Math.ceil(20 * SHARE);
const FLIPS = Math.ceil(200 * SHARE);
const SEED = 20_261_125;

forEachEngine("restore", (engine) => {
  let hub: OpenedHub;
  beforeAll(async () => {
    hub = await openHub(engine);
    await fillHub(hub, EVENTS);
  }, LONG_MS);
  afterAll(() => hub.close());

  test.each(engines)(
    "a good backup is proven in %s",
    async (target) => {
      const made = await takeBackup(hub.database);
      const proof = await proveIn(target, sourceOf(made.path), placeOf(hub.database));
      expect(failureOf(proof)).toBeUndefined();
      const equal = proof.checks.find(({ name }) => name === "rows and digests")?.found ?? "";
      say(`${engine} → ${target}: ${equal}; ${seconds(made)} to write ${made.bytes} bytes, ${seconds(proof)} to prove`);
    },
    LONG_MS,
  );

  test(
    `cut at ${CUTS} places and with one of ${FLIPS} bits turned it is refused, sealed or not`,
    async () => {
      const keys = newSealKeys();
      const secret = readSecretKey(keys.secretKey, "key");
      const plain = await takeBackup(hub.database);
      const sealed = await takeBackup(hub.database, readPublicKeys(keys.publicKey, "keys"));
      for (const { path, key } of [
        { path: plain.path, key: undefined },
        { path: sealed.path, key: secret },
      ]) {
        const cut = await refused(cuts(path, CUTS), key);
        const flipped = await refused(flips(path, FLIPS, SEED), key);
        say(`${engine}, ${key === undefined ? "readable" : "sealed"}: ${cut} cuts, ${flipped} flips refused`);
        expect([cut, flipped]).toEqual([CUTS, FLIPS]);
      }
    },
    LONG_MS,
  );

  test(
    "the live database is refused as a target and as a scratch",
    async () => {
      const { path } = await takeBackup(hub.database);
      const live = placeOf(hub.database);
      expect(await rejection(restoreInto(sourceOf(path), live, live))).toMatchObject({ code: "conflict" });
      const scratch = async () => scratchIn(hub.database);
      const proof = await verifyBackup({ clock: systemClock }, sourceOf(path), scratch, live);
      expect(failureOf(proof)).toStartWith("restore: the target is the live database");
      say(`${engine}: live target refused 2 of 2`);
    },
    LONG_MS,
  );

  test(
    "a schema that this hub does not know is refused",
    async () => {
      await hub.context.sql`insert into schema_compat (migration, oldest_hub) values ('9999-future', '0.1.0')`;
      const { path } = await takeBackup(hub.database);
      await hub.context.sql`delete from schema_compat where migration = '9999-future'`;
      expect(failureOf(await proveIn(engine, sourceOf(path)))).toContain("9999-future");
      say(`${engine}: wrong schema refused`);
    },
    LONG_MS,
  );
});

async function refused(files: Iterable<string>, secret: Parameters<typeof sourceOf>[1]): Promise<number> {
  let count = 0;
  for (const file of files) {
    const failure = failureOf(await proveIn("server", sourceOf(file, secret)));
    count += failure?.startsWith("file: ") === true ? 1 : 0;
  }
  return count;
}

function seconds({ took_s }: Pick<Verified, "took_s">): string {
  return `${took_s.toFixed(1)} s`;
}
