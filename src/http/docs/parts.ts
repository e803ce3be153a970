import type { DocumentDecoration } from "elysia";
import type { TSchema } from "typebox";
import { HEADERS } from "../../wire/protocol.ts";

export type Parameter = NonNullable<DocumentDecoration["parameters"]>[number];
type Responses = NonNullable<DocumentDecoration["responses"]>;
type Who = "anyone" | "rig" | "admin" | "rig or admin";

/** What each refusal means, whichever route says it. */
const REFUSALS = {
  400: "Not understood: the reason names what is wrong",
  401: "The key is missing or wrong",
  403: "The key is good, and not for this: another rig's, a rig's at an admin's route, or revoked",
  404: "There is none, or none that this key may see",
  405: "The path takes other methods: Allow names them",
  408: "The body did not arrive in time",
  409: "It is there already",
  410: "It was used, withdrawn or is too old: the reason says which",
  413: "The body is too large, as sent or inflated",
  415: "Neither JSON nor, where it may be, zstd",
  416: "The file is shorter than that",
  422: "It does not fit the schema: the reason names field and value",
  429: "Too much at once: wait as Retry-After says",
  503: "The database is away, or too much waits for it: wait as Retry-After says",
} as const;
type Refusal = keyof typeof REFUSALS;

export const WITH_KEY: readonly Refusal[] = [401, 403, 503];
export const WITH_BODY: readonly Refusal[] = [400, 408, 413, 415];

/** All of it optional; what makes no sense is passed over. */
export const OF_ITSELF: readonly Parameter[] = [
  header(HEADERS.rigTime, "Unix ms of the rig's clock at sending"),
  header(HEADERS.queue, "What waits on the rig: events=3; oldest=1794187658; worst=High, or events=0"),
  header(HEADERS.droppedEvents, "Events that the rig dropped since it last told"),
];

const ErrorJson = {
  type: "object",
  required: ["error", "code"],
  properties: {
    error: { type: "string", description: "A reason a person can act on" },
    code: { type: "string", description: "The same for a program" },
  },
} as const;

export function doc(
  summary: string,
  who: Who,
  answers: Readonly<Record<number, string | Responses[string]>>,
  refusals: readonly Refusal[] = [],
): DocumentDecoration {
  const answered = Object.entries(answers).map(
    ([status, answer]) => [status, typeof answer === "string" ? { description: answer } : answer] as const,
  );
  const refused = [405 as const, ...refusals].map((status) => [`${status}`, refusal(status)] as const);
  return {
    summary,
    description: who === "anyone" ? "Needs no key." : `Needs the key of: ${who}.`,
    security: who === "anyone" ? [] : [{ key: [] }],
    responses: Object.fromEntries([...refused, ...answered]),
  };
}

/** With the headers that its sender waits for. */
function refusal(status: Refusal): Responses[string] {
  return { ...reply(REFUSALS[status], ErrorJson), ...REFUSAL_HEADERS[status] };
}

const RETRY_AFTER = { headers: told({ "Retry-After": "Seconds to wait" }) };
const REFUSAL_HEADERS: Readonly<Partial<Record<Refusal, { readonly headers: ToldHeaders }>>> = {
  405: { headers: told({ Allow: "The methods of this path" }) },
  429: RETRY_AFTER,
  503: RETRY_AFTER,
};

type ToldHeaders = Readonly<
  Record<string, { description: string; required: true; schema: { readonly type: "string" } }>
>;

/** Headers that are always there. */
export function told(headers: Readonly<Record<string, string>>): ToldHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, required: true, schema: { type: "string" } },
    ]),
  );
}

export function reply(description: string, schema: TSchema): Responses[string] {
  return { description, content: { "application/json": { schema } } };
}

export function text(description: string, type: string): Responses[string] {
  return { description, content: { [type]: { schema: { type: "string" } } } };
}

export function body(schema: TSchema): NonNullable<DocumentDecoration["requestBody"]> {
  return { required: true, content: { "application/json": { schema } } };
}

export function pathId(description: string): Parameter {
  return { name: "id", in: "path", required: true, description, schema: { type: "string" } };
}

export function query(name: string, description: string, schema: object): Parameter {
  return { name, in: "query", description, schema };
}

export function header(name: string, description: string, schema: object = {}): Parameter {
  return { name, in: "header", description, schema: { type: "string", ...schema } };
}
