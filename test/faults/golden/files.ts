import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FIXTURES } from "../../support/fixtures.ts";

/** How the first rig software takes an answer: by its status, and by little else. */
export type Reading = "accepted" | "already_exists" | "recorded" | "library" | "not_modified" | "refused";

export interface GoldenRequest {
  readonly rig: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body_file?: string;
  readonly body?: unknown;
  readonly reads: Reading;
  readonly event?: string;
}

export interface GoldenReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly body_file?: string;
}

export type ReplyName =
  | Exclude<Reading, "recorded">
  | "recorded"
  | "unprocessable"
  | "overloaded"
  | "no_event"
  | "no_route"
  | "no_method"
  | "library_later";

export interface GoldenLibrary {
  readonly version: number;
  readonly episodes: readonly { readonly id: string; readonly rig_id: string }[];
  readonly total_fleet_episodes: number;
  readonly pruned_ids: readonly string[];
}

export function oldRig(): Readonly<Record<"sends" | "pulls" | "polls", readonly GoldenRequest[]>> {
  return readJson("golden/old-rig.json") as ReturnType<typeof oldRig>;
}

export function oldHubReplies(): Readonly<Record<ReplyName, GoldenReply>> {
  return readJson("golden/old-hub.json") as ReturnType<typeof oldHubReplies>;
}

export function goldenLibrary(file = "library-response.json"): GoldenLibrary {
  return readJson(file) as GoldenLibrary;
}

export function bytesOf({ body_file: file, body }: Pick<GoldenRequest, "body" | "body_file">): Buffer<ArrayBuffer> {
  if (file !== undefined) return Buffer.from(readFileSync(join(FIXTURES, file)));
  return Buffer.from(body === undefined || body === null ? "" : JSON.stringify(body));
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(join(FIXTURES, file), "utf8"));
}
