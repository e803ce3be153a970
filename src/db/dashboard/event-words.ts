import type { Fragment, ISql } from "postgres";
import type { EventListRow, EventsRead } from "./events.ts";
import { listColumns, listOrder } from "./events.ts";
import { placeConditions, within } from "./event-source.ts";
import { said } from "./said.ts";

/** Days since 2000-01-01 UTC, both included. */
export interface WordDays {
  readonly from: number;
  readonly to: number;
}

export interface WordsQuery extends EventsRead {
  /** Whole words of action and notes; all of them must be there. */
  readonly words: string;
  /** Only actions of these words and no other. */
  readonly alone: boolean;
  /** Null: all days, and then the range in time of the filters alone. */
  readonly days: WordDays | null;
  /** Rows with the words that may be looked at. */
  readonly rowsMax: number;
}

export interface WordsFound {
  /** Rows with the words, matches or not; over `rowsMax` the matches are some, not the first. */
  readonly looked: number;
  readonly rows: readonly EventListRow[];
}

type FoundRow = EventListRow & { readonly looked: number };

/**
 * Matches among the answers that have the words. The index joins words, days and most filters, so that a rare
 * combination is found among a million events at once; what it does not hold is asked of the rows.
 */
export async function eventsWithWords(sql: ISql, query: WordsQuery): Promise<WordsFound> {
  const { order, limit, rowsMax, words } = query;
  const rows = await sql<(FoundRow | { readonly looked: number; readonly id: null })[]>`
    with found as materialized (
      select id, timestamp, (true ${within(sql, query)} ${rowConditions(sql, query)}) as is_match
      from events
      where event_words(action_taken, notes, rig_id, well_id, field, category, outcome, risk_level, campaign, timestamp)
        @@ (plainto_tsquery('simple', ${words}) ${lexemes(sql, query)})
        and (action_taken is not null or notes is not null)
      limit ${rowsMax + 1}
    ), page as materialized (
      select id from found where is_match order by ${listOrder(sql, order)} limit ${limit}
    )
    select looked.looked, ${listColumns(sql, query.textMax)}
    from (select count(*) as looked from found) as looked left join page on true left join events using (id)
    order by ${order === "newest" ? sql`events.timestamp desc, events.id` : sql`events.timestamp, events.id desc`}`;
  return { looked: rows[0]?.looked ?? 0, rows: rows.filter((row): row is FoundRow => row.id !== null) };
}

function rowConditions(sql: ISql, { filters, words, alone }: WordsQuery): Fragment {
  return sql`
    ${placeConditions(sql, { ...filters, field: undefined })}
    ${filters.late === true ? sql`and late` : sql``} ${filters.held === true ? sql`and held` : sql``}
    ${alone ? sql`and ${said(sql, sql`action_taken`)} = ${said(sql, sql`${words}`)}` : sql``}`;
}

/** What `event_words` adds to the written words, joined to them. */
function lexemes(sql: ISql, { filters, days }: WordsQuery): Fragment {
  const { rig, well, field, category, outcome, risk, campaign } = filters;
  const given = Object.entries({ rig, well, field, category, outcome, risk, campaign });
  const facets = given.flatMap(([name, value]) => (value === undefined ? [] : [quoted(`${name}:`, value)]));
  const terms = days === null ? facets : [...facets, `(${dayLexemes(days).join("|")})`];
  return terms.length === 0 ? sql`` : sql`&& ${terms.join("&")}::text::tsquery`;
}

function dayLexemes({ from, to }: WordDays): string[] {
  return Array.from({ length: to - from + 1 }, (_, nth) => quoted("day:", String(from + nth)));
}

/** As the index cuts it. */
const LEXEME_MAX = 200;

function quoted(prefix: string, value: string): string {
  const cut = Array.from(value).slice(0, LEXEME_MAX).join("");
  return `'${(prefix + cut).replaceAll(/['\\]/g, "$&$&")}'`;
}
