import { join } from "node:path";
import type { Sql } from "postgres";
import type { Log } from "../../../src/base/log.ts";
import { silentLog } from "../../../src/base/log.ts";
import { readSettings } from "../../../src/base/settings.ts";
import { openZstd } from "../../../src/base/zstd-native.ts";
import { openClient } from "../../../src/db/client.ts";
import { createCurator, BACKLOG_POLL_MS, type Curator } from "../../../src/domain/curation/curator.ts";
import type { Schedule } from "../../../src/domain/curation/schedule.ts";
import type { HubContext } from "../../../src/domain/context.ts";
import { createIngest } from "../../../src/domain/ingest.ts";
import { createLibrary } from "../../../src/domain/library.ts";
import { newReadiness } from "../../../src/domain/readiness.ts";
import { hubSettingTable } from "../../../src/domain/settings.ts";
import { createApp } from "../../../src/http/app.ts";
import { createMetrics } from "../../../src/http/metrics.ts";
import { lifeClock, type WallClock } from "../kernel/clock.ts";
import type { Life } from "../kernel/kernel.ts";
import { SimSocket } from "../kernel/sim-socket.ts";
import { ADMIN_KEY, START_MS, type Fleet } from "./fleet.ts";

/** Connections of one hub. */
const POOL = 3;
/** A statement's way to the database or back, ms: usual ones, and those of a database that is slow. */
const WAY_MAX_MS = 2;
const SLOW_WAYS_MS = [20, 100, 300];
const VERSION = "0.0.0-simulation";
const zstd = await openZstd();
const NO_LAG = { worstS: () => 0 };

/** A hub's machine, and the process on it when one runs. */
export interface SimHub {
  readonly name: string;
  readonly wall: WallClock;
  readonly running: RunningHub | undefined;
  boot(): Promise<void>;
  /** From one moment to the next: what it waits for never comes, and the database rolls back what was open. */
  kill(): Promise<void>;
  /** Dies right before or after one of its next statements. */
  killAfterStatements(steps: number, then: () => void): void;
  /** The same, counted from the next request that brings it an event. */
  killDuringUpload(steps: number, then: () => void): void;
  /** What was to kill it, does not. */
  spare(): void;
}

export interface RunningHub {
  readonly life: Life;
  readonly context: HubContext;
  readonly curator: Curator;
  handle(request: Request): Promise<Response>;
}

export function createHub(fleet: Fleet, name: string, settings: Partial<HubContext["settings"]>): SimHub {
  const wall: WallClock = { startMs: START_MS };
  const { kernel } = fleet;
  const isSlow = fleet.plan.troubles.has("slow database");
  const wayMaxMs = isSlow ? fleet.dice.fork(`${name} is slow`).pick(SLOW_WAYS_MS) : WAY_MAX_MS;
  let nth = 0;
  let running: RunningHub | undefined;
  let sockets: SimSocket[] = [];
  let doom: { steps: number; run: () => void } | undefined;
  let doomOfUpload: typeof doom;
  const passing = (): void => {
    if (doom !== undefined && --doom.steps <= 0) doom.run();
  };

  async function boot(): Promise<void> {
    const life: Life = { name, dead: false };
    kernel.note(life, "boots");
    if (isSlow) fleet.tally.count("hub boots on a slow database");
    const dice = fleet.dice.fork(`${name}.${++nth}`);
    sockets = [];
    const sql = clientOf(() => {
      const socket = new SimSocket({ kernel, life, sessions: fleet.sessions, dice, wayMaxMs, passing });
      sockets.push(socket);
      return socket;
    });
    const stretch = fleet.plan.backlogPollMs;
    const clock = lifeClock(kernel, life, wall, (ms) => (ms === BACKLOG_POLL_MS ? stretch : ms));
    const context: HubContext = {
      sql,
      clock,
      random: dice.fork("random"),
      log: tracingLog(fleet, life),
      zstd,
      shard: 0,
      settings: { ...readSettings(hubSettingTable, []), admin_key: ADMIN_KEY, ...settings },
    };
    const curator = createCurator(context, scheduleOf(context, life, fleet));
    const ingest = createIngest(context, () => curator.wake());
    const library = createLibrary(context, join(fleet.folder, name, "library-cache"));
    const metrics = createMetrics(VERSION, NO_LAG);
    const readiness = newReadiness();
    const app = await createApp({ context, ingest, library, curator, metrics, readiness, version: VERSION });
    running = {
      life,
      context,
      curator,
      handle: async (request) => {
        if (doomOfUpload !== undefined && bringsAnEvent(request)) [doom, doomOfUpload] = [doomOfUpload, undefined];
        return app.handle(request);
      },
    };
    curator.start();
  }

  async function kill(): Promise<void> {
    if (running === undefined) return;
    kernel.note(running.life, "is killed");
    running.life.dead = true;
    running = undefined;
    doom = doomOfUpload = undefined;
    const left = sockets;
    sockets = [];
    for (const socket of left) await socket.leave();
  }

  const dying = (how: string, then: () => void) => (): void => {
    doom = undefined;
    if (running === undefined) return;
    fleet.tally.count(how);
    running.life.dead = true;
    kernel.quietly(0, fleet.world, async () => {
      await kill();
      then();
    });
  };

  return {
    name,
    wall,
    get running() {
      return running;
    },
    boot,
    kill,
    killAfterStatements: (steps, then) => (doom = { steps, run: dying("hub dies at a statement", then) }),
    killDuringUpload: (steps, then) => (doomOfUpload = { steps, run: dying("hub dies in an upload", then) }),
    spare: () => (doom = doomOfUpload = undefined),
  };
}

function bringsAnEvent({ method, url }: Request): boolean {
  return method === "POST" && url.endsWith("/events");
}

function clientOf(socket: () => SimSocket): Sql {
  // Real time is kept out of it, and the client's types do not know that a socket may be given.
  const simulated = { socket, max: POOL, connect_timeout: 0, idle_timeout: 0, max_lifetime: 0, backoff: () => 0 };
  return openClient({ ...simulated, host: "database.sim", database: "postgres", user: "postgres" });
}

/** The real one keeps real time. */
function scheduleOf({ clock }: HubContext, life: Life, { kernel }: Fleet): Schedule {
  return (everyS, task) => {
    const stopping = new AbortController();
    const again = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        await task();
        await clock.sleep(everyS * 1000, stopping.signal);
      }
    };
    kernel.quietly(0, life, () => void again());
    return { stop: () => stopping.abort() };
  };
}

/** What a hub or a rig warns of belongs into the trace. */
export function tracingLog({ kernel }: Pick<Fleet, "kernel">, life: Life): Log {
  const say =
    (level: string) =>
    (event: string, fields: Record<string, unknown> = {}): void =>
      kernel.note(life, `${level} ${event} ${shown(fields)}`);
  const log: Log = { ...silentLog, warn: say("warn"), error: say("error"), child: () => log };
  return log;
}

const SHOWN = ["reason", "problem", "code", "file", "cause"] as const;

function shown(fields: Record<string, unknown>): string {
  const { error } = fields;
  const said = SHOWN.flatMap((name) => (fields[name] === undefined ? [] : [JSON.stringify(fields[name])]));
  return [...said, ...(error instanceof Error ? [error.message] : [])].join(" ").slice(0, 160);
}
