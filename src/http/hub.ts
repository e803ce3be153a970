import type { Curator } from "../domain/curation/curator.ts";
import type { HubContext } from "../domain/context.ts";
import type { Ingest } from "../domain/ingest.ts";
import type { Library } from "../domain/library.ts";
import type { Readiness } from "../domain/readiness.ts";
import type { HubMetrics } from "./metrics.ts";

/** What the routes stand on. */
export interface Hub {
  readonly context: HubContext;
  readonly ingest: Ingest;
  readonly library: Library;
  readonly curator: Curator;
  readonly metrics: HubMetrics;
  readonly readiness: Readiness;
  readonly version: string;
}

/** What is known of a request beside itself. */
export interface Visit {
  readonly requestId: string;
  /** The peer's address; taken from a header only when one of our balancers wrote it. */
  readonly address: string;
  /** The request's body, at most so many bytes; meanwhile others have its place. See `readBody` of body.ts. */
  readonly readBody: (maxBytes: number) => Promise<Uint8Array>;
  /** How long the socket may be silent from here on. */
  readonly allowSilence: (seconds: number) => void;
}

export type Handler = (request: Request, visit: Visit, params: Readonly<Record<string, string>>) => Promise<Response>;

export type Method = "GET" | "POST" | "PATCH" | "ALL";

export interface Route {
  readonly method: Method;
  /** Elysia's pattern; also the name of the route in metrics and log. */
  readonly path: string;
  readonly handle: Handler;
  /** How a refusal is told: to a program, to a person, or as the request asks. */
  readonly refusal: "json" | "html" | "negotiated";
}
