import type { Sql } from "postgres";
import type { Random } from "../../../src/base/random.ts";
import { auditRows } from "./audit-rows.ts";
import { inBulk, insertRows } from "./bulk.ts";
import type { RigPlan } from "./fleet-plan.ts";
import type { Calendar } from "./times.ts";
import { dropRows, enrolmentRows, refusalRows } from "./trouble-rows.ts";

interface TroublesInput {
  readonly sql: Sql;
  readonly random: Random;
  readonly calendar: Calendar;
  readonly rigs: readonly { readonly rig: RigPlan; readonly dropped: number }[];
}

/** What rigs lost and were refused, and what people did about the fleet. */
export async function storeTroubles({ sql, random, calendar, rigs }: TroublesInput): Promise<void> {
  const plans = rigs.map(({ rig }) => rig);
  const dropped = rigs.filter((one) => one.dropped > 0).map(({ rig, dropped: events }) => ({ rig, events }));
  await inBulk(sql, async (tx) => {
    await insertRows(tx, { table: "rig_refusals", rows: refusalRows(random, plans) });
    await insertRows(tx, { table: "drop_receipts", rows: dropRows(random, dropped) });
    await insertRows(tx, { table: "enrolments", rows: enrolmentRows(random, calendar, plans) });
    await insertRows(tx, { table: "admin_audit", rows: auditRows(random, calendar, plans) });
  });
}
