import type { ISql } from "postgres";

/** Receipts kept of a rig, the newest: one that drops without end must not fill the disk. */
export const DROP_RECEIPTS_MAX = 100;

/** Events that a rig dropped under its cap since it last told. */
export async function addDropped(sql: ISql, rigId: string, events: number, at: Date): Promise<void> {
  await sql`
    with rig as (
      update rigs set dropped_events = dropped_events + ${events} where rig_id = ${rigId} returning rig_id
    ), kept as (
      insert into drop_receipts (rig_id, told_at, events) select rig_id, ${at}, ${events} from rig
    )
    delete from drop_receipts where rig_id = ${rigId} and id <= (
      select id from drop_receipts where rig_id = ${rigId} order by id desc offset ${DROP_RECEIPTS_MAX - 1} limit 1)`;
}
