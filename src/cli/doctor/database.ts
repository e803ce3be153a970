import { fail, judgeClock, ok, warn, type Finding } from "../../base/findings.ts";
import type { FleetFacts, ServerFacts } from "../../db/doctor.ts";
import type { HealthFacts } from "../../db/health.ts";
import { BACKLOG_AGE_MAX_S } from "../../domain/health.ts";

const OLDEST_SERVER = 150_000;
/** The server keeps some for its superuser, and other programs want theirs. */
const POOL_SHARE_MAX = 0.8;
const BACKUP_AGE_MAX_S = 13 * 3600;
const PROOF_AGE_MAX_S = 8 * 24 * 3600;
const MINUTE_S = 60;
const HOUR_S = 3600;

/** What the server is, against what the hub needs of it. */
export function judgeServer(facts: ServerFacts, pool: number, nowMs: number): Finding[] {
  const version = (facts.version_num / 10_000).toFixed(0);
  return [
    facts.version_num < OLDEST_SERVER
      ? fail("database", `PostgreSQL ${version}`, "upgrade it to 15 or newer")
      : ok("database", `PostgreSQL ${version} answers`),
    ...(facts.read_only
      ? [fail("database", "a standby: it takes no writes", "name the primary, or promote this one")]
      : []),
    judgeFsync(facts),
    pool > facts.connections_max * POOL_SHARE_MAX
      ? fail(
          "pool",
          `${pool} connections of the server's ${facts.connections_max}`,
          "lower FLEET_DATABASE_POOL, raise max_connections, or put pgbouncer between",
        )
      : ok("pool", `${pool} connections of the server's ${facts.connections_max}`),
    judgeClock("the database's", (facts.now_ms - nowMs) / 1000),
  ];
}

function judgeFsync({ fsync, full_page_writes, synchronous_commit }: ServerFacts): Finding {
  if (!fsync) return fail("durability", "fsync is off: a power cut loses the database", "alter system set fsync = on");
  if (!full_page_writes) {
    return fail("durability", "full_page_writes is off", "alter system set full_page_writes = on");
  }
  if (synchronous_commit === "off") {
    return fail(
      "durability",
      "synchronous_commit is off: acknowledged events can be lost",
      "alter system set synchronous_commit = on",
    );
  }
  return ok("durability", "a commit is on disk");
}

export function judgeSchema(pending: readonly string[]): Finding {
  if (pending.length === 0) return ok("schema", "current");
  return warn("schema", `behind by ${pending.join(", ")}`, "start the hub, or run fleet-hub migrate");
}

export function judgeWork(facts: HealthFacts, nowMs: number): Finding[] {
  const sinceMs = facts.backlog_since?.getTime();
  const waitedS = sinceMs === undefined ? 0 : (nowMs - sinceMs) / 1000;
  return [
    facts.last_error === null
      ? ok("curation", facts.last_success === null ? "has not run yet" : "the last run succeeded")
      : fail("curation", `the last run failed: ${facts.last_error}`, "see its page, then fleet-hub curate"),
    waitedS > BACKLOG_AGE_MAX_S
      ? fail(
          "backlog",
          `an event waits for ${Math.round(waitedS / MINUTE_S)} minutes`,
          "see that one hub runs with FLEET_CURATION=true",
        )
      : ok("backlog", "nothing waits long"),
    facts.quarantined > 0
      ? warn("quarantine", `${facts.quarantined} events wait for a person`, "decide them on the page Quarantine")
      : ok("quarantine", "empty"),
  ];
}

export function judgeFleet(facts: FleetFacts, adminKeyGiven: boolean, nowMs: number): Finding[] {
  const { since } = facts;
  return [
    adminKeyGiven || facts.admin_keys > 0
      ? ok("admin key", adminKeyGiven ? "given" : "made by the hub at its first start")
      : fail("admin key", "there is none", "start the hub once, or give one: docs/runbooks/admin-key-lost.md"),
    judgeAge(
      "backup",
      { at: facts.last_backup, since, maxS: BACKUP_AGE_MAX_S, nowMs },
      "systemctl status fleet-hub-backup.timer",
    ),
    judgeAge(
      "proof of a backup",
      { at: facts.last_proof, since, maxS: PROOF_AGE_MAX_S, nowMs },
      "fleet-hub restore DIR --verify",
    ),
    facts.silent_rigs > 0
      ? warn(
          "rigs",
          `${facts.silent_rigs} silent for two days, ${facts.silent_rig ?? ""} the longest`,
          "docs/runbooks/rig-is-silent.md",
        )
      : ok("rigs", "none is silent"),
    facts.clock_off_rigs > 0
      ? warn(
          "rigs' clocks",
          `${facts.clock_off_rigs} off by over a minute, ${facts.clock_off_rig ?? ""} the most`,
          "docs/runbooks/clock-wrong.md",
        )
      : ok("rigs' clocks", "none is off"),
  ];
}

interface Due {
  readonly at: Date | null;
  /** Since when it could have been. */
  readonly since: Date;
  readonly maxS: number;
  readonly nowMs: number;
}

/** A new hub has none yet, which is no fault. */
function judgeAge(what: string, { at, since, maxS, nowMs }: Due, remedy: string): Finding {
  const hours = (from: Date): number => Math.max(0, Math.floor((nowMs - from.getTime()) / 1000 / HOUR_S));
  const isLate = (from: Date): boolean => nowMs - from.getTime() > maxS * 1000;
  if (at === null) return isLate(since) ? warn(what, "never", remedy) : ok(what, "none yet: the hub is new");
  const fact = `${hours(at)} hours ago`;
  return isLate(at) ? fail(what, fact, remedy) : ok(what, fact);
}
