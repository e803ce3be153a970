import type { Panel } from "../frame/model.ts";

/** Times are ISO 8601 in UTC. */
export interface DatabaseState {
  readonly engine: "server" | "embedded";
  readonly server_version: string;
  readonly schema: string | null;
  readonly bytes: number;
  readonly latency_ms: number;
  readonly pool: number;
  readonly connections: number;
  readonly connections_max: number;
  readonly replicas: readonly { readonly name: string; readonly state: string | null; readonly lag_s: number | null }[];
  readonly growth_bytes_per_day: number | null;
  readonly growth_days: number;
  readonly disk: { readonly free_bytes: number; readonly total_bytes: number } | undefined;
  readonly disk_days_left: number | null;
}

export interface Backup {
  readonly kind: "backup" | "restore";
  readonly at: string;
  readonly ok: boolean;
  readonly bytes: number | null;
  readonly took_s: number | null;
}

export interface TunnelState {
  readonly pool: string;
  /** By state. */
  readonly peers: Readonly<Record<string, number>>;
  readonly gateways: readonly { readonly name: string; readonly address: string; readonly endpoint: string }[];
  readonly handshakes: { readonly told_at: string; readonly youngest_s: number | null } | null;
}

export interface SystemPage {
  readonly versions: Panel<{
    readonly hub: string;
    readonly wire: number;
    readonly spokes: readonly { readonly spoke_version: string | null; readonly rigs: number }[];
  }>;
  readonly database: Panel<DatabaseState>;
  readonly backups: Panel<readonly Backup[]>;
  /** Null where there is none. */
  readonly tunnel: Panel<TunnelState | null>;
  /** Of this process, newest first. */
  readonly faults: readonly {
    readonly at: string;
    readonly request_id: string;
    readonly method: string;
    readonly route: string;
    readonly status: number;
  }[];
  readonly limits: readonly {
    readonly name: string;
    readonly meaning: string;
    readonly value: string;
    readonly standard: boolean;
  }[];
  readonly licences: readonly { readonly name: string; readonly version: string; readonly licence: string }[];
}
