import type { ISql } from "postgres";

/** Uploads of a rig that were refused for one reason. */
export interface RigRefusal {
  readonly code: string;
  readonly refusals: number;
  readonly first_at: Date;
  readonly last_at: Date;
  /** Of the last of them: null when its body did not tell. */
  readonly last_event_id: string | null;
  readonly last_sentence: string;
}

/** Adds to the rows that are there, in the order of their codes. */
export async function addRefusals(sql: ISql, rigId: string, refusals: readonly RigRefusal[]): Promise<void> {
  await sql`
    insert into rig_refusals (rig_id, code, refusals, first_at, last_at, last_event_id, last_sentence)
    select ${rigId}, code, refusals, first_at, last_at, last_event_id, last_sentence
    from jsonb_populate_recordset(null::rig_refusals, ${JSON.stringify(refusals)}::text::jsonb)
    order by code
    on conflict (rig_id, code) do update set
      refusals = rig_refusals.refusals + excluded.refusals,
      last_at = greatest(rig_refusals.last_at, excluded.last_at),
      last_event_id = excluded.last_event_id, last_sentence = excluded.last_sentence`;
}
