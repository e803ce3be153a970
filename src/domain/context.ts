import type { Sql } from "postgres";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Random } from "../base/random.ts";
import type { Zstd } from "../base/zstd.ts";
import type { HubSettings } from "./settings.ts";

/** All that the hub's domain stands on, passed in. */
export interface HubContext {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly zstd: Zstd;
  readonly settings: HubSettings;
  /** Which rows of the shared counts this hub adds to: below `SHARDS`. */
  readonly shard: number;
}

/** What a key or a session opens: a viewer reads, an admin acts. */
export type Role = "admin" | "viewer";

/** Who acts, for the audit: `admin`, `viewer`, `cli`; and from where. */
export interface Actor {
  readonly name: string;
  readonly address: string;
  readonly requestId?: string;
  /** Which of the people who share a key it was. */
  readonly sessionId?: number;
}

/** A rig that has shown a good key. Writers check the key once more in their own transaction. */
export interface RigIdentity {
  readonly rigId: string;
  readonly keyHash: Uint8Array;
}
