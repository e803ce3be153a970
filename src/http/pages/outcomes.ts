import { Outcomes } from "../../../views/outcomes/outcomes.tsx";
import {
  ANSWERS_MAX,
  BY_RIG_DAYS_MAX,
  CASES_MIN,
  COUNTED_MAX,
  outcomesView,
  type ActionLine,
  type OutcomesWish,
} from "../../domain/dashboard/outcomes.ts";
import { CAMPAIGNS, CATEGORIES, UPLOADED_RISKS } from "../../wire/vocabulary.ts";
import { csvReply, type CsvColumn } from "../csv.ts";
import type { PageSet, PageVisit, View } from "../page.ts";
import { choice, day, decimal, rigOf } from "../query.ts";

const DEPTH_FT = { min: 0, max: 100_000 };
const COLUMNS: readonly CsvColumn<ActionLine>[] = [
  { name: "action_taken", value: ({ action_taken }) => action_taken },
  { name: "worked", value: ({ resolved }) => resolved },
  { name: "tried", value: ({ tried }) => tried },
  { name: "interval_95_low", value: ({ interval }) => interval?.[0] },
  { name: "interval_95_high", value: ({ interval }) => interval?.[1] },
];

export const outcomePages: PageSet = {
  pages: [{ path: "/outcomes", read }],
  downloads: [{ path: "/outcomes.csv", send }],
};

async function read({ context, query }: PageVisit): Promise<View> {
  const limits = {
    countedMax: COUNTED_MAX,
    answersMax: ANSWERS_MAX,
    casesMin: CASES_MIN,
    byRigDaysMax: BY_RIG_DAYS_MAX,
  };
  const page = { ...limits, ...(await outcomesView(context, wishOf(query))) };
  return { title: "Outcomes", data: page, content: (frame) => Outcomes({ frame, page }) };
}

async function send({ context, query, nowMs }: PageVisit): Promise<Response> {
  const { actions } = await outcomesView(context, wishOf(query));
  const filter = [...query].filter(([name]) => name !== "zone");
  return csvReply({
    name: "actions",
    nowMs,
    filter,
    zone: "UTC",
    columns: COLUMNS,
    pages: once(actions),
    log: context.log,
  });
}

async function* once<T>(rows: readonly T[]): AsyncGenerator<readonly T[]> {
  yield await Promise.resolve(rows);
}

function wishOf(query: URLSearchParams): OutcomesWish {
  const [from, to] = [day(query, "from"), day(query, "to")];
  return {
    category: choice(query, "category", CATEGORIES),
    risk: choice(query, "risk", UPLOADED_RISKS),
    campaign: choice(query, "campaign", CAMPAIGNS),
    rig: rigOf(query),
    depthFromFt: decimal(query, "depth_from", DEPTH_FT),
    depthToFt: decimal(query, "depth_to", DEPTH_FT),
    days: { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
  };
}
