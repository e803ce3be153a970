import { Type } from "typebox";
import { Fault } from "../../base/fault.ts";
import { parseJson } from "../../base/json.ts";
import { MIB } from "../../base/limits.ts";
import { schema } from "../../base/schema.ts";
import { readSmallFile } from "../../base/small-file.ts";
import type { HubContext } from "../context.ts";

const FILE_MAX = 16 * MIB;

const handshakesSchema = schema(
  "handshakes' file",
  Type.Object({
    at: Type.String({ pattern: "^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z$" }),
    /** What the gateway applied last. */
    generation: Type.Optional(Type.Integer({ minimum: 0 })),
    /** Peers that the gateway lets in; a release before this one did not tell. */
    peers: Type.Optional(Type.Integer({ minimum: 0 })),
    /** By public key. */
    ages_s: Type.Record(Type.String(), Type.Number({ minimum: 0 })),
  }),
);

export interface Handshakes {
  /** When the gateway's service looked. */
  readonly told_at: string;
  /** Of the peers that it applied last; null when it did not tell. */
  readonly generation: number | null;
  /** How many peers it lets in; null when it did not tell. */
  readonly peers: number | null;
  /** Now, by public key; peers that never came are not there. */
  readonly ages_s: ReadonlyMap<string, number>;
}

/** As the gateway of this machine told; undefined where none tells. With a silent tunnel old is no fault. */
export function readHandshakes({ settings, clock, log }: Pick<HubContext, "settings" | "clock" | "log">) {
  const path = settings.wg_handshakes_file;
  if (path === undefined) return undefined;
  try {
    const bytes = readSmallFile(path, FILE_MAX);
    return bytes === undefined ? undefined : handshakesOf(bytes, clock.now());
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    log.warn("tunnel.handshakes_unread", { path, reason: error.message });
    return undefined;
  }
}

function handshakesOf(bytes: Uint8Array, nowMs: number): Handshakes {
  const { at, generation = null, peers = null, ages_s } = handshakesSchema.parse(parseJson(bytes));
  const sinceS = Math.max(0, (nowMs - Date.parse(at)) / 1000);
  const ages = Object.entries(ages_s).map(([key, age]) => [key, age + sinceS] as const);
  return { told_at: at, generation, peers, ages_s: new Map(ages) };
}

/** Of the peer that was heard last; null when none was. */
export function youngest(handshakes: Handshakes | undefined): number | null {
  const ages = [...(handshakes?.ages_s.values() ?? [])];
  return ages.length === 0 ? null : ages.reduce((least, age) => Math.min(least, age));
}
