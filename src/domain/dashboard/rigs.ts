import { Fault } from "../../base/fault.ts";
import { isStorable } from "../../base/json.ts";
import type { RigFilters, RigListRow, RigState } from "../../db/dashboard/rig-lines.ts";
import {
  rigFields,
  rigList,
  rigStateCounts,
  TEXT_SORTS,
  type RigPlace,
  type RigSort,
} from "../../db/dashboard/rigs.ts";
import { currentVersion } from "../../db/versions.ts";
import type { HubContext } from "../context.ts";
import { listPage } from "../dashboard-mark.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";
import { rigsAsOf } from "./rigs-as-of.ts";

export { RIG_STATES } from "../../db/dashboard/rig-lines.ts";
export { RIG_SORTS } from "../../db/dashboard/rigs.ts";

/** Choices of the field filter; a fleet of more is found by text. */
const FIELDS_MAX = 200;
const CSV_PAGE_ROWS = 500;
/** A field's name of the greatest length, and a rig's. */
const MARK_MAX = 2000;

export interface RigLine extends IsoTimes<Omit<RigListRow, "answered_7d">> {
  /** Of the events of 7 days, 0 to 1; null when there were none. */
  readonly answered_7d: number | null;
}

export interface RigsWish {
  readonly filters?: RigFilters | undefined;
  /** By state when absent: who has been silent longest stands first. */
  readonly sort?: RigSort | undefined;
  readonly descending?: boolean | undefined;
  /** `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface RigCounts extends Readonly<Record<RigState, number>> {
  readonly all: number;
  /** Lack a version of the library that they had two syncs' time to fetch; none is revoked. */
  readonly behind: number;
}

export interface RigsPage {
  readonly library_version: number;
  readonly rigs: readonly RigLine[];
  readonly next: string | null;
  /** Under every filter but the state's. */
  readonly counts: RigCounts;
  readonly fields: readonly string[];
}

/** Faults: `invalid_request`. */
export async function rigsPage(context: HubContext, wish: RigsWish): Promise<RigsPage> {
  const { sql } = context;
  const [page, counts, fields, library_version] = await Promise.all([
    pageOf(context, wish),
    rigCounts(context, wish.filters),
    rigFields(sql, FIELDS_MAX),
    currentVersion(sql),
  ]);
  return { library_version, ...page, counts, fields };
}

/** How many rigs are in each state; without filters, of the whole fleet. */
export async function rigCounts(context: HubContext, filters: RigFilters = {}): Promise<RigCounts> {
  const rows = await rigStateCounts(context.sql, rigsAsOf(context), filters);
  const of = (state: RigState): number => rows.find((row) => row.state === state)?.rigs ?? 0;
  return {
    silent: of("silent"),
    late: of("late"),
    waiting: of("waiting"),
    active: of("active"),
    revoked: of("revoked"),
    all: rows.reduce((sum, { rigs }) => sum + rigs, 0),
    behind: rows.reduce((sum, { behind }) => sum + behind, 0),
  };
}

/** Every rig that the wish matches, in its order, a part at a time. Faults: `invalid_request`. */
export async function* eachRig(context: HubContext, wish: Omit<RigsWish, "limit">): AsyncGenerator<readonly RigLine[]> {
  let after = wish.after;
  for (;;) {
    const { rigs, next } = await pageOf(context, { ...wish, after, limit: CSV_PAGE_ROWS });
    yield rigs;
    if (next === null) return;
    after = next;
  }
}

async function pageOf(context: HubContext, wish: RigsWish): Promise<Pick<RigsPage, "rigs" | "next">> {
  const { filters = {}, sort = "state", descending = false, after, limit } = wish;
  const query = { asOf: rigsAsOf(context), filters, sort, descending, after: readPlace(after, sort), limit: limit + 1 };
  const { rows, next } = listPage(await rigList(context.sql, query), limit, (row) => placeMark(row.place, row.rig_id));
  return { rigs: rows.map(rigLine), next };
}

export function rigLine(row: RigListRow): RigLine {
  return { ...isoTimes(row), answered_7d: row.events_7d === 0 ? null : row.answered_7d / row.events_7d };
}

function placeMark(value: RigPlace["value"], rigId: string): string {
  return Buffer.from(JSON.stringify([value, rigId])).toString("base64url");
}

function readPlace(after: string | undefined, sort: RigSort): RigPlace | undefined {
  if (after === undefined) return undefined;
  const mark = after.length <= MARK_MAX ? parsed(after) : undefined;
  if (Array.isArray(mark)) {
    const [value, rigId]: unknown[] = mark;
    if (isKey(value, sort) && isPlainText(rigId)) return { value, rigId };
  }
  throw new Fault("invalid_request", "after is no place in this list", "start at its first page");
}

/** A place of another order is none in this one. */
function isKey(value: unknown, sort: RigSort): value is RigPlace["value"] {
  if (value === null) return true;
  return TEXT_SORTS.some((name) => name === sort) ? isPlainText(value) : typeof value === "number";
}

function isPlainText(value: unknown): value is string {
  return typeof value === "string" && isStorable(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
