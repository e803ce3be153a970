/**
 * What can be refused, on either end. A code is part of the contract of our own spoke:
 * it tells "this event is wrong" (set it aside) from "this key is wrong" (keep everything, tell a person).
 */
export type FaultCode =
  | "invalid_request"
  | "invalid_json"
  | "invalid_encoding"
  | "digest_mismatch"
  | "schema"
  | "risk_too_low"
  | "unauthorised"
  | "rig_revoked"
  | "rig_mismatch"
  | "forbidden"
  | "not_found"
  | "gone"
  | "method_not_allowed"
  | "already_registered"
  | "conflict"
  | "too_large"
  | "unsupported_media_type"
  | "rate_limited"
  | "overloaded"
  | "unavailable"
  | "timeout"
  | "usage"
  | "config"
  | "queue_full"
  | "corrupt";

/** A refusal: a reason a person can act on, and the way out. Never carries an internal. */
export class Fault extends Error {
  override readonly name = "Fault";

  constructor(
    readonly code: FaultCode,
    message: string,
    readonly hint?: string,
    /** Seconds after which trying again makes sense (429 and 503). */
    readonly retryAfterS?: number,
  ) {
    super(message);
  }

  /** One line for people: the reason, then the way out. */
  get sentence(): string {
    return this.hint === undefined ? this.message : `${this.message}: ${this.hint}`;
  }
}
