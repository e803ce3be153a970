import type { ISql } from "postgres";

export interface Bootstrap {
  readonly enrolment_id: number;
  readonly address: string;
  readonly public_key: string;
  readonly ends_at: Date;
}

/** False when the address is taken. Those that are over are nobody's. */
export async function insertBootstrap(sql: ISql, bootstrap: Bootstrap, at: Date): Promise<boolean> {
  await sql`delete from wg_bootstraps where address = ${bootstrap.address} and ends_at <= ${at}`;
  const rows = await sql`
    insert into wg_bootstraps ${sql(bootstrap)}
    on conflict (address) do nothing
    returning enrolment_id`;
  return rows.length === 1;
}

/** Never later than it was to end anyway; returns how many these were. */
export async function endBootstraps(sql: ISql, enrolmentIds: readonly number[], endsAt: Date): Promise<number> {
  if (enrolmentIds.length === 0) return 0;
  const rows = await sql`
    update wg_bootstraps set ends_at = least(ends_at, ${endsAt}) where enrolment_id in ${sql(enrolmentIds)}
    returning enrolment_id`;
  return rows.length;
}

/** When the next one ends, which no generation tells. */
export async function nextBootstrapEnd(sql: ISql, at: Date): Promise<Date | undefined> {
  const [row] = await sql<{ ends_at: Date | null }[]>`
    select min(ends_at) as ends_at from wg_bootstraps where ends_at > ${at}`;
  return row?.ends_at ?? undefined;
}

/** Rows that no gateway needs any more; returns how many these were. */
export async function deleteEndedBootstraps(sql: ISql, endedBefore: Date): Promise<number> {
  const rows = await sql`delete from wg_bootstraps where ends_at < ${endedBefore} returning enrolment_id`;
  return rows.length;
}

/** A used code was shown again. True for the first time since `quietSince`: one entry tells of many. */
export async function countReuse(
  sql: ISql,
  id: number,
  { at, quietSince }: { readonly at: Date; readonly quietSince: Date },
): Promise<boolean> {
  const [row] = await sql<{ told: boolean }[]>`
    with before as (select id, reused_at from enrolments where id = ${id} for update)
    update enrolments set reuses = reuses + 1, reused_at = ${at}
    from before where enrolments.id = before.id
    returning before.reused_at is null or before.reused_at < ${quietSince} as told`;
  return row?.told ?? false;
}
