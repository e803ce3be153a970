import type { FleetEpisode } from "../../src/wire/episode.ts";
import type { LibrarySource } from "../../spoke/library/pull.ts";

/** A valid episode of RIG-9. Give only what the test is about. */
export function anEpisode(overrides: Partial<FleetEpisode> = {}): FleetEpisode {
  const timestamp = overrides.timestamp ?? 1_794_187_658;
  return {
    id: `RIG-9-${timestamp}-episode`,
    rig_id: "RIG-9",
    category: "WellControl",
    campaign: "Production",
    depth_range: [9_898, 9_898],
    risk_level: "High",
    severity: "Medium",
    resolution_summary: "Shut in, circulated out",
    outcome: { Resolved: { action_taken: "shut_in" } },
    timestamp,
    key_metrics: {
      mse_efficiency: 90,
      flow_balance: 9.5,
      d_exponent: 12,
      torque_delta_percent: 0,
      ecd_margin: 0.6,
      rop: 60,
    },
    score: 0.8,
    ...overrides,
  };
}

interface Entry {
  readonly version: number;
  readonly episode: FleetEpisode | undefined;
}

/**
 * A hub's library with versions, tombstones, epochs and pages that can be cut, played without a database. Where one
 * changes between two pages the whole library is begun anew.
 */
export interface LibraryHub extends LibrarySource {
  /** Each call is one curation run. */
  put(...episodes: readonly FleetEpisode[]): void;
  archive(...ids: readonly string[]): void;
  /** Puts a row on the page as it is. */
  putRaw(row: unknown): void;
  /** Fails the call after so many more. */
  cutAfter(calls: number): void;
  /** A restore from a backup: another epoch, and only these. */
  restore(epoch: string, ...episodes: readonly FleetEpisode[]): void;
  readonly asked: URLSearchParams[];
  readonly deadlines: number[];
}

export interface LibraryHubOptions {
  /** The first implementation: no versions, no pages, all at once. */
  readonly old?: boolean;
  readonly page?: number;
  readonly cut?: () => Error;
}

export function libraryHub(options: LibraryHubOptions = {}): LibraryHub {
  const limit = options.page ?? 3;
  const entries = new Map<string, Entry>();
  const raw: unknown[] = [];
  const asked: URLSearchParams[] = [];
  const deadlines: number[] = [];
  let version = 0;
  let epoch = "epoch-a";
  let callsLeft = Infinity;

  function page(query: URLSearchParams): { status: number; json?: unknown } {
    const known = query.get("epoch");
    const [markedVersion, markedStart = 0] = (query.get("page") ?? `${version}`).split("+").map(Number);
    const kept = (known === null || known === epoch) && markedVersion === version;
    const since = kept ? Number(query.get("since")) : 0;
    const full = since === 0;
    if (!full && since === version) return { status: 304 };
    const all = [...entries].filter(([, entry]) => entry.version > since);
    const live = all.flatMap(([, { episode }]) => episode ?? []);
    const best = live.toSorted(
      (left, right) => (right.score ?? 0) - (left.score ?? 0) || (left.id < right.id ? -1 : 1),
    );
    const start = kept ? markedStart : 0;
    const rest = start + limit < best.length;
    const first = start === 0;
    return reply({
      version,
      episodes: [...best.slice(start, start + limit), ...(first ? raw : [])],
      pruned_ids: first && !full ? all.filter(([, { episode }]) => episode === undefined).map(([id]) => id) : [],
      epoch,
      next: rest ? `${version}+${start + limit}` : null,
      full,
    });
  }

  function reply(json: Record<string, unknown>): { status: number; json: unknown } {
    const live = [...entries.values()].filter(({ episode }) => episode !== undefined);
    return { status: 200, json: { total_fleet_episodes: live.length, ...json } };
  }

  function everything(): { status: number; json: unknown } {
    const live = [...entries.values()].flatMap(({ episode }) => episode ?? []);
    return reply({ version, episodes: [...live, ...raw], pruned_ids: [] });
  }

  return {
    asked,
    deadlines,
    async get(path, { deadlineMs }) {
      const query = new URL(path, "http://hub").searchParams;
      asked.push(query);
      deadlines.push(deadlineMs);
      if (--callsLeft < 0) throw options.cut?.() ?? new Error("the link was cut");
      return options.old === true ? everything() : page(query);
    },
    put(...episodes) {
      version++;
      for (const episode of episodes) entries.set(episode.id, { version, episode });
    },
    archive(...ids) {
      version++;
      for (const id of ids) entries.set(id, { version, episode: undefined });
    },
    putRaw(row) {
      version++;
      raw.push(row);
    },
    cutAfter(calls) {
      callsLeft = calls;
    },
    restore(next, ...episodes) {
      epoch = next;
      version = 1;
      entries.clear();
      for (const episode of episodes) entries.set(episode.id, { version, episode });
    },
  };
}
