import { Fault } from "../../base/fault.ts";
import { auditCount, auditRows, type AuditFilter, type AuditRow } from "../../db/audit.ts";
import type { AuditAction } from "../audit.ts";
import type { HubContext } from "../context.ts";
import { listMark, listPage, readListMark, type ListPage } from "../dashboard-mark.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";

/** A filter's entries are counted up to here; more are "10,000+". */
export const AUDIT_COUNT_MAX = 10_000;
/** Rows that one query of a file fetches. */
const FILE_PAGE_ROWS = 500;
const DAY_MS = 86_400_000;

export interface AuditQuery {
  readonly action?: AuditAction | undefined;
  readonly actor?: string | undefined;
  readonly target?: string | undefined;
  /** UTC days, `2026-05-31`, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export type AuditItem = IsoTimes<AuditRow>;

/** The newest first. Faults: `invalid_request` when `after` is no mark. */
export async function auditPage(
  { sql }: HubContext,
  query: AuditQuery,
  { limit, after }: { readonly limit: number; readonly after?: string },
): Promise<ListPage<AuditItem>> {
  const place = after === undefined ? undefined : placeOf(after);
  const rows = await auditRows(sql, filterOf(query), { limit: limit + 1, after: place });
  return listPage(rows.map(isoTimes), limit, ({ at, id }) => listMark(Date.parse(at), `${id}`));
}

/** All that match, the newest first, a page at a time as the reader takes them. */
export async function* everyAuditPage(context: HubContext, query: AuditQuery): AsyncGenerator<readonly AuditItem[]> {
  let after: string | undefined;
  do {
    const page = await auditPage(context, query, { limit: FILE_PAGE_ROWS, ...(after === undefined ? {} : { after }) });
    yield page.rows;
    after = page.next ?? undefined;
  } while (after !== undefined);
}

/** How many entries match, counted up to `AUDIT_COUNT_MAX` and one. */
export async function countAudit({ sql }: HubContext, query: AuditQuery): Promise<number> {
  return auditCount(sql, filterOf(query), AUDIT_COUNT_MAX + 1);
}

function placeOf(after: string): { at: Date; id: number } {
  const { at, id } = readListMark(after);
  const place = { at: new Date(at), id: Number(id) };
  if (Number.isSafeInteger(place.id) && !Number.isNaN(place.at.getTime())) return place;
  throw new Fault("invalid_request", "after is no place in the audit", "start at its first page");
}

function filterOf({ from, to, ...filter }: AuditQuery): AuditFilter {
  return {
    ...filter,
    ...(from === undefined ? {} : { from: startOf(from) }),
    ...(to === undefined ? {} : { to: new Date(startOf(to).getTime() + DAY_MS) }),
  };
}

function startOf(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}
