import type { Sql } from "postgres";
import type { Random } from "../../../src/base/random.ts";
import { inBulk, insertRows } from "./bulk.ts";
import { isKept, rigContacts, versionTimes, type Contacts, type UploadDays } from "./contacts.ts";
import type { RigPlan } from "./fleet-plan.ts";
import type { Version } from "./library-history.ts";
import { stampRigs, type RigStamp } from "./store.ts";
import type { Calendar } from "./times.ts";
import type { SeedProgress } from "../seed-large.ts";

interface ContactsInput {
  readonly sql: Sql;
  readonly random: Random;
  readonly calendar: Calendar;
  readonly rigs: readonly RigPlan[];
  readonly versions: readonly Version[];
  readonly uploads: UploadDays;
  readonly progress: (progress: SeedProgress) => void;
}

const FLUSH_RIGS = 50;

/** When the rigs asked for the library, and what they got. */
export async function storeContacts(input: ContactsInput): Promise<void> {
  const { sql, random, calendar, rigs, uploads, progress } = input;
  const versions = versionTimes(calendar, input.versions);
  const stamps: RigStamp[] = [];
  for (let at = 0; at < rigs.length; at += FLUSH_RIGS) {
    const some = rigs.slice(at, at + FLUSH_RIGS);
    const contacts = some.map((rig) => rigContacts(random, calendar, { rig, versions, uploads }));
    await inBulk(sql, async (tx) => {
      const syncs = contacts.flatMap((one) => one.syncs.filter((sync) => isKept(calendar, sync)));
      await insertRows(tx, { table: "sync_log", rows: syncs });
      await insertRows(tx, { table: "rig_days", rows: contacts.flatMap(({ days }) => days) });
    });
    stamps.push(...contacts.map(stampOf));
    progress({ step: "rigs", done: Math.min(at + FLUSH_RIGS, rigs.length), of: rigs.length });
  }
  await inBulk(sql, (tx) => stampRigs(tx, stamps));
}

function stampOf({ rig, lastSync, syncedVersion, confirmed }: Contacts): RigStamp {
  return {
    rig_id: rig.rig_id,
    last_sync: lastSync,
    synced_version: syncedVersion,
    confirmed_version: confirmed?.version ?? null,
    confirmed_at: confirmed?.at ?? null,
  };
}
