import { Type, type Static } from "typebox";
import { Fault } from "../src/base/fault.ts";
import { isRecord } from "../src/base/json.ts";
import { schema, show } from "../src/base/schema.ts";
import { EpisodeMetricsJson } from "../src/wire/episode.ts";
import { fleetEventSchema, type FleetEvent } from "../src/wire/event.ts";
import { CAMPAIGNS, CATEGORIES } from "../src/wire/vocabulary.ts";

export const RESULTS_DEFAULT = 5;
/** As many as are looked at when near-copies are thinned out. */
export const RESULTS_MAX = 40;
export const TEXT_MAX = 2000;

const QuestionJson = Type.Object(
  {
    category: Type.Optional(Type.Enum([...CATEGORIES])),
    campaign: Type.Optional(Type.Enum([...CAMPAIGNS])),
    /** ft */ depth: Type.Optional(Type.Number()),
    key_metrics: Type.Optional(Type.Partial(EpisodeMetricsJson)),
    text: Type.Optional(Type.String({ maxLength: TEXT_MAX })),
    max_results: Type.Optional(Type.Integer({ minimum: 1, maximum: RESULTS_MAX })),
  },
  { additionalProperties: false },
);

/** What a rig can tell of its case when it has no event. */
export type RecallQuestion = Static<typeof QuestionJson>;

const questionSchema = schema("question", QuestionJson);

export type Asked =
  | { readonly event: FleetEvent; readonly maxResults: number }
  | { readonly question: RecallQuestion; readonly maxResults: number };

/** A body of POST /api/v1/recall: an event, or a question. `maxResults` of the address is stronger. Faults: `schema`. */
export function readAsked(body: unknown, maxResults?: number): Asked {
  if (isRecord(body) && ("advisory" in body || "history_window" in body)) {
    return { event: fleetEventSchema.parse(body), maxResults: maxResults ?? RESULTS_DEFAULT };
  }
  return askedOf(questionSchema.parse(body), maxResults);
}

export function askedOf(question: RecallQuestion, maxResults?: number): Asked {
  const { category, campaign, depth, key_metrics, text } = question;
  const nothing = [category, campaign, depth, key_metrics].every((part) => part === undefined) && (text ?? "") === "";
  if (nothing) {
    throw new Fault("schema", "the question says nothing", "give an event, a category, a depth, key_metrics or a text");
  }
  return { question, maxResults: maxResults ?? question.max_results ?? RESULTS_DEFAULT };
}

/** `max_results` as it stands in an address or on a command line; undefined when it is not given. Faults: `schema`. */
export function readMaxResults(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined) return undefined;
  const count = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= 1 && count <= RESULTS_MAX) return count;
  throw new Fault("schema", `max_results must be a whole number from 1 to ${RESULTS_MAX}, not ${show(text)}`);
}
