import type { Fault } from "../src/base/fault.ts";
import { isRecord } from "../src/base/json.ts";
import { offerReplySchema, type OfferReply } from "../src/wire/offer.ts";

/** What a reply of the hub means for the thing that was sent. */
export type Refusal =
  /** This one is wrong: it is set aside, the next one goes. */
  | { readonly kind: "refused"; readonly code: string; readonly reason: string }
  /** The key is wrong: everything stays, a person is told. */
  | { readonly kind: "key_problem"; readonly code: string; readonly reason: string }
  /** Nothing is known: try again later. `status` is undefined when no reply came. */
  | { readonly kind: "wait"; readonly reason: string; readonly status?: number; readonly retryAfterMs?: number };

export type UploadVerdict = { readonly kind: "accepted" } | { readonly kind: "already_exists" } | Refusal;
/** `no_event`: the hub does not have the event (yet). */
export type OutcomeVerdict = { readonly kind: "recorded" } | { readonly kind: "no_event" } | Refusal;

/** `refused`: the hub knows no offers, or cannot read this one. */
export type OfferVerdict = { readonly kind: "answered"; readonly reply: OfferReply } | Refusal;

/** A reply of which nothing is believed yet. */
export interface RawReply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined when the body is not JSON. */
  readonly json: unknown;
  /** There is no body, and none is announced: a page for people never comes so. */
  readonly bare?: boolean;
}

/**
 * A router's sign-in page answers 200 to everything, and a proxy 409: only a reply that names the event counts as an
 * acknowledgment, and only one in our form of an error as a refusal.
 */
export function uploadVerdict(reply: RawReply, id: string): UploadVerdict {
  const { status, json } = reply;
  if (isRecord(json) && json["id"] === id) {
    if (status === 201 && json["status"] === "accepted") return { kind: "accepted" };
    if (status === 409 && json["status"] === "already_exists") return { kind: "already_exists" };
    if (status === 409 && json["status"] === "conflict") {
      return {
        kind: "refused",
        code: "conflict",
        reason: textOf(json["error"]) ?? "the id is known with another body",
      };
    }
  }
  return refusalOf(reply);
}

/**
 * A hub that has shown to be one of the first implementation answers with a status alone: 200 once it has taken an
 * outcome, 404 where it has no such route, and then the outcome stays for the hub that follows.
 */
export function outcomeVerdict(reply: RawReply, eventId: string, { firstHub = false } = {}): OutcomeVerdict {
  const { status, json, bare = false } = reply;
  if (firstHub && bare && status === 200) return { kind: "recorded" };
  if (firstHub && bare && status === 404) return { kind: "no_event" };
  if (status === 200 && isRecord(json) && json["id"] === eventId) return { kind: "recorded" };
  if (status === 404 && errorOf(json) !== undefined) return { kind: "no_event" };
  return refusalOf(reply);
}

/** A hub of the release before has no such route, and says so by one of these, in whatever words. */
const NO_SUCH_ROUTE: ReadonlySet<number> = new Set([404, 405]);

export function offerVerdict(reply: RawReply): OfferVerdict {
  const { status, json } = reply;
  if (status === 200 && offerReplySchema.is(json)) return { kind: "answered", reply: json };
  if (NO_SUCH_ROUTE.has(status)) return { kind: "refused", code: "not_found", reason: "the hub knows no offers" };
  return refusalOf(reply);
}

/** For what was thrown instead of a reply: no link, no answer in time, a damaged or an endless one. */
export function verdictOfFault(fault: Fault): Refusal {
  return { kind: "wait", reason: fault.message };
}

/** Statuses that speak of the body alone. */
const BODY_REFUSALS: ReadonlySet<number> = new Set([400, 413, 415, 422]);
/** A 403 with one of these is about the event; any other one is about the key. */
const FORBIDDEN_EVENT: ReadonlySet<string> = new Set(["rig_mismatch", "forbidden"]);
/** Says that the body was damaged under way, which another try mends. */
const DAMAGED_UNDER_WAY = "digest_mismatch";
const RETRY_AFTER_MAX_S = 3600;
const REASON_MAX = 500;

function refusalOf(reply: RawReply): Refusal {
  const { status, json } = reply;
  const error = errorOf(json);
  if (error === undefined) return wait(reply, `the reply ${status} is not the hub's`);
  const { code, reason } = error;
  if (status === 401) return { kind: "key_problem", code, reason };
  if (status === 403) return { kind: FORBIDDEN_EVENT.has(code) ? "refused" : "key_problem", code, reason };
  if (BODY_REFUSALS.has(status) && code !== DAMAGED_UNDER_WAY) return { kind: "refused", code, reason };
  return wait(reply, reason);
}

function wait({ status, headers }: RawReply, reason: string): Refusal {
  const retryAfterS = Number(headers["retry-after"] ?? Number.NaN);
  if (!(retryAfterS > 0)) return { kind: "wait", reason, status };
  return { kind: "wait", reason, status, retryAfterMs: Math.min(retryAfterS, RETRY_AFTER_MAX_S) * 1000 };
}

/** The hub's errors have a sentence; ours has a code too, an older one is known by its status alone. */
function errorOf(json: unknown): { readonly code: string; readonly reason: string } | undefined {
  const reason = isRecord(json) ? textOf(json["error"]) : undefined;
  if (reason === undefined || !isRecord(json)) return undefined;
  return { code: textOf(json["code"]) ?? "", reason };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, REASON_MAX) : undefined;
}
