import type { Zstd } from "../../base/zstd.ts";

export interface ReplyParts {
  readonly version: number;
  readonly total: number;
  /** Episodes as they are stored: JSON texts. */
  readonly bodies: readonly string[];
  readonly prunedIds: readonly string[];
  /** Fields that only those get who ask by version. */
  readonly more?: { readonly epoch: string; readonly next: string | null; readonly full: boolean };
}

/** The bodies were made when they were curated: a reply is put together from texts, nothing is parsed. */
export function replyText({ version, total, bodies, prunedIds, more }: ReplyParts): string {
  const rest = JSON.stringify({ total_fleet_episodes: total, pruned_ids: prunedIds, ...more });
  return `{"version":${version},"episodes":[${bodies.join(",")}],${rest.slice(1)}`;
}

/** Head and tail of a reply whose episodes are sent between them. */
export function replyFrame(parts: Omit<ReplyParts, "bodies" | "more">): { head: string; tail: string } {
  const whole = replyText({ ...parts, bodies: [] });
  const at = whole.indexOf("]");
  return { head: whole.slice(0, at), tail: whole.slice(at) };
}

export function encodeReply(text: string, zstd: Zstd, acceptsZstd: boolean) {
  const json = new TextEncoder().encode(text);
  const body = acceptsZstd ? zstd.compress(json) : json;
  return { encoding: acceptsZstd ? "zstd" : "identity", body, byteLength: body.byteLength } as const;
}
