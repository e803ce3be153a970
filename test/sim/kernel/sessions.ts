import type { Sql } from "postgres";
import { openBackend, type Backend } from "./backend.ts";

/**
 * The real sessions that the hubs' clients come to, one after the other. A query that stands behind another
 * transaction's lock is not waited for: whether it stands is the server's word and not a matter of how long it took,
 * so that a run repeats however fast the machine is.
 */
export interface Sessions {
  take(): Promise<Backend>;
  /** Ends its transaction and hands it on. A session that stands behind a lock is ended by force. */
  giveBack(backend: Backend): Promise<void>;
  /** Resolves when everything sent is answered or stands behind a lock. */
  settle(): Promise<void>;
  sent(backend: Backend, whenAnswered: () => void): void;
  close(): void;
}

interface Asked {
  readonly backend: Backend;
  readonly whenAnswered: () => void;
}

/** Above `deadlock_timeout`: by then the server has looked whether anybody can go on. */
const LOOK_AFTER_MS = 6;
const realTimeout = globalThis.setTimeout;

export function createSessions(socketPath: string, database: string, monitor: Sql): Sessions {
  const idle: Backend[] = [];
  const all = new Set<Backend>();
  let asked: Asked[] = [];

  async function stands(backend: Backend): Promise<boolean> {
    const [row] = await monitor<{ stands: boolean }[]>`
      select cardinality(pg_blocking_pids(${backend.pid})) > 0 as stands`;
    return row?.stands === true;
  }

  /** False when it stands behind a lock. */
  async function answeredOrStands(backend: Backend, patient: boolean): Promise<boolean> {
    for (;;) {
      if (backend.reader.complete || backend.gone) return true;
      if (patient) await answeredWithin(backend, LOOK_AFTER_MS);
      if (backend.reader.complete || backend.gone) return true;
      if (await stands(backend)) return false;
      await answeredWithin(backend, LOOK_AFTER_MS);
    }
  }

  async function settle(): Promise<void> {
    const newest = asked.at(-1);
    // What was sent last is looked at first: until it is answered, nobody whom it frees can be.
    if (newest !== undefined && (await answeredOrStands(newest.backend, true))) answer(newest);
    for (let moved = asked.length > 0; moved;) {
      moved = false;
      for (const one of asked) {
        if (!(await answeredOrStands(one.backend, false))) continue;
        answer(one);
        moved = asked.length > 0;
      }
    }
  }

  function answer(one: Asked): void {
    asked = asked.filter((other) => other !== one);
    one.whenAnswered();
  }

  return {
    async take() {
      const free = idle.pop();
      if (free !== undefined) return free;
      const made = await openBackend(socketPath, database);
      all.add(made);
      return made;
    },
    async giveBack(backend) {
      const stood = asked.some((one) => one.backend === backend);
      asked = asked.filter((one) => one.backend !== backend);
      if (stood && !backend.reader.complete) {
        await monitor`select pg_terminate_backend(${backend.pid}, 5000)`;
        backend.close();
        all.delete(backend);
      } else if (!backend.gone) {
        backend.reader.take();
        await backend.reset();
        idle.push(backend);
      }
      await settle();
    },
    settle,
    sent(backend, whenAnswered) {
      asked.push({ backend, whenAnswered });
    },
    close() {
      for (const backend of all) backend.close();
    },
  };
}

async function answeredWithin(backend: Backend, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = realTimeout(resolve, ms);
  void backend.answered().then(resolve);
  await promise;
  clearTimeout(timer);
}
