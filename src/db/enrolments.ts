import type { ISql } from "postgres";

export interface NewEnrolment {
  readonly code_hash: Uint8Array;
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly time_zone: string;
  readonly created_at: Date;
  readonly created_by: string;
  readonly expires_at: Date;
}

export interface EnrolmentRow extends Omit<NewEnrolment, "code_hash"> {
  readonly id: number;
  readonly used_at: Date | null;
  readonly used_from: string | null;
  readonly cancelled_at: Date | null;
}

/** One at a time makes a code for a rig, so that one code of it is open; until the transaction ends. */
export async function lockEnrolments(sql: ISql, rigId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('enrolment ' || ${rigId}, 0))`;
}

export async function insertEnrolment(sql: ISql, enrolment: NewEnrolment): Promise<number> {
  const [row] = await sql<{ id: number }[]>`insert into enrolments ${sql(enrolment)} returning id`;
  return row?.id ?? 0;
}

/** Those of a rig that could still be used; returns their ids. */
export async function cancelEnrolments(sql: ISql, rigId: string, at: Date): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    update enrolments set cancelled_at = ${at}
    where rig_id = ${rigId} and used_at is null and cancelled_at is null and expires_at > ${at}
    returning id`;
  return rows.map(({ id }) => id);
}

/** Held until the transaction ends: whoever comes with the same code meanwhile waits, and finds it used. */
export async function lockEnrolmentByCode(sql: ISql, codeHash: Uint8Array): Promise<EnrolmentRow | undefined> {
  const [row] = await sql<EnrolmentRow[]>`
    select ${columns(sql)} from enrolments where code_hash = ${codeHash} for update`;
  return row;
}

/** A rig's newest, used ones too, held until the transaction ends. */
export async function lockEnrolmentsOf(
  sql: ISql,
  rigId: string,
  limit: number,
): Promise<(EnrolmentRow & { readonly code_hash: Uint8Array })[]> {
  return sql<(EnrolmentRow & { code_hash: Uint8Array })[]>`
    select ${columns(sql)}, code_hash from enrolments where rig_id = ${rigId} order by id desc limit ${limit} for update`;
}

export async function lockEnrolment(sql: ISql, id: number): Promise<EnrolmentRow | undefined> {
  const [row] = await sql<EnrolmentRow[]>`select ${columns(sql)} from enrolments where id = ${id} for update`;
  return row;
}

export async function useEnrolment(
  sql: ISql,
  id: number,
  { at, from }: { readonly at: Date; readonly from: string },
): Promise<void> {
  await sql`update enrolments set used_at = ${at}, used_from = ${from} where id = ${id}`;
}

export interface EnrolmentProgress extends EnrolmentRow {
  /** Null until the rig was heard of after it used the code. */
  readonly heard_at: Date | null;
  /** Its last sync after it used the code, also one that had nothing for it. */
  readonly synced_at: Date | null;
  /** Its first pull of episodes after it used the code. */
  readonly first_sync_at: Date | null;
}

/** The newest first. */
export async function enrolmentRows(sql: ISql, limit: number): Promise<EnrolmentProgress[]> {
  return sql<EnrolmentProgress[]>`
    select ${progress(sql)} order by id desc limit ${limit}`;
}

export async function enrolmentRow(sql: ISql, id: number): Promise<EnrolmentProgress | undefined> {
  const [row] = await sql<EnrolmentProgress[]>`select ${progress(sql)} where id = ${id}`;
  return row;
}

function columns(sql: ISql) {
  return sql`
    id, enrolments.rig_id, enrolments.well_id, enrolments.field, enrolments.time_zone, enrolments.created_at, created_by,
    expires_at, used_at, used_from, cancelled_at`;
}

function progress(sql: ISql) {
  return sql`
    ${columns(sql)},
    case when rigs.last_seen >= used_at then rigs.last_seen end as heard_at,
    case when rigs.last_sync >= used_at then rigs.last_sync end as synced_at,
    (select min(synced_at) from sync_log where sync_log.rig_id = enrolments.rig_id and synced_at >= used_at)
      as first_sync_at
    from enrolments left join rigs on rigs.rig_id = enrolments.rig_id`;
}
