import type { ISql } from "postgres";

/** Stands for all addresses together. */
const ALL = "";

export interface TryRow {
  readonly count: number;
  readonly ends_at: Date;
}

/** Locks the count of one address, or of all without one, to the end of the transaction; a window that is over starts anew. */
export async function lockTries(
  tx: ISql,
  { what, address = ALL }: { readonly what: string; readonly address?: string },
  { at, endsAt }: { readonly at: Date; readonly endsAt: Date },
): Promise<TryRow> {
  const [row] = await tx<TryRow[]>`
    insert into tries (what, address, ends_at) values (${what}, ${address}, ${endsAt})
    on conflict (what, address) do update set
      count = case when tries.ends_at <= ${at} then 0 else tries.count end,
      ends_at = case when tries.ends_at <= ${at} then excluded.ends_at else tries.ends_at end
    returning count, ends_at`;
  return row ?? { count: 0, ends_at: endsAt };
}

export async function countTry(tx: ISql, what: string, address: string): Promise<void> {
  await tx`update tries set count = count + 1 where what = ${what} and address in (${address}, ${ALL})`;
}

/** The address starts afresh, and the try is taken back from the count of all. */
export async function forgetTries(tx: ISql, what: string, address: string): Promise<void> {
  await tx`update tries set count = greatest(0, count - 1) where what = ${what} and address = ${ALL}`;
  await tx`delete from tries where what = ${what} and address = ${address}`;
}

export async function dropOldTries(tx: ISql, what: string, at: Date): Promise<void> {
  await tx`delete from tries where what = ${what} and address <> ${ALL} and ends_at <= ${at}`;
}
