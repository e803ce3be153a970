import type { Sql } from "postgres";
import type { Clock } from "../base/clock.ts";
import { Fault } from "../base/fault.ts";
import type { Log } from "../base/log.ts";
import { closeClient, openClient, type ClientOptions } from "./client.ts";
import { openEmbedded } from "./embedded.ts";

const CONNECT_TIMEOUT_S = 10;
/** Frees what a burst opened. */
const IDLE_S = 120;
/** Below the usual limits of balancers and firewalls, and it follows a failover. */
const LIFETIME_S = 1800;
/** A refused connection costs little, and queries that queue behind it wait for nothing else. */
const RETRY_S = 0.1;
/**
 * pgbouncer gives the server away when a transaction is over, also when the next question has been forwarded to it, and
 * throws the answer away: whoever asked would wait for ever.
 */
const NOTHING_BEHIND = 0;
/** Far above the longest statement of ours (a batch of 1,000 events); migrations lift it for themselves. */
const STATEMENT_MS = 30_000;
/** A hub that was cut off in a transaction must not keep its locks. */
const IDLE_IN_TRANSACTION_MS = 60_000;

export interface DatabaseOptions {
  /** `postgres://…`, a unix socket by `?host=/directory`; the embedded database when absent. */
  readonly databaseUrl?: string | undefined;
  readonly dataDir: string;
  /** Connections to a server. The embedded database has one, whatever this says. */
  readonly pool: number;
  readonly prepare: boolean;
  readonly log: Log;
  readonly clock: Clock;
}

export interface Database {
  readonly sql: Sql;
  readonly engine: "server" | "embedded";
  /** Lets running queries finish, for a few seconds. */
  readonly close: () => Promise<void>;
}

/**
 * A server that is away does not fail here but at each query, until it is back.
 * The embedded database is ready when this resolves. Faults: `config`, `unavailable`.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  return options.databaseUrl === undefined ? openEmbedded(options) : openServer(options.databaseUrl, options);
}

function openServer(databaseUrl: string, options: DatabaseOptions): Database {
  const { url, socketDir } = splitSocketDir(databaseUrl);
  const sql = clientOf(
    {
      ...(socketDir === null ? {} : { host: socketDir }),
      max: options.pool,
      prepare: options.prepare,
      ...(options.prepare ? {} : { max_pipeline: NOTHING_BEHIND }),
      connect_timeout: CONNECT_TIMEOUT_S,
      idle_timeout: IDLE_S,
      max_lifetime: LIFETIME_S,
      backoff: () => RETRY_S,
      connection: connectionParameters(options.prepare),
    },
    url,
  );
  return { sql, engine: "server", close: () => closeClient(sql) };
}

/** The client's own error would show the URL, and with it the password. */
function clientOf(options: ClientOptions, url: string): Sql {
  try {
    return openClient(options, url);
  } catch {
    throw new Fault("config", "the database URL is not a URL", "write it like postgres://user@host:5432/database");
  }
}

/**
 * pgbouncer refuses start-up parameters that it does not track, so the timeouts go only where statements are
 * prepared, which is never behind its transaction mode; there they belong to the role (`alter role … set`).
 */
function connectionParameters(prepare: boolean): Record<string, string | number> {
  const name = { application_name: "fleet-hub" };
  if (!prepare) return name;
  return {
    ...name,
    statement_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  };
}

/** `?host=/directory` is how libpq names a unix socket; the client knows it as an option only. */
function splitSocketDir(databaseUrl: string): { url: string; socketDir: string | null } {
  const [address = "", query] = databaseUrl.split("?", 2);
  const parameters = new URLSearchParams(query);
  const socketDir = parameters.get("host");
  parameters.delete("host");
  return { url: parameters.size === 0 ? address : `${address}?${parameters}`, socketDir };
}
