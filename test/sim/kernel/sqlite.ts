import { Database as Real, type SQLQueryBindings } from "bun:sqlite";

/** Who watches the files below a folder. */
export interface Watcher {
  /** After each commit: whoever watches may end the world of this process here. */
  committed(db: Database): void;
}

const watchers = new Map<string, Watcher>();
const open = new Set<Database>();

export function watchCommits(folder: string, watcher: Watcher): void {
  watchers.set(folder, watcher);
}

export function forgetFolder(folder: string): void {
  watchers.delete(folder);
}

/** Closes what a dead process left open below the folder; returns how many there were. */
export function closeBelow(folder: string): number {
  const left = [...open].filter(({ filename }) => filename.startsWith(`${folder}/`));
  for (const db of left) db.close();
  return left.length;
}

export function openBelow(folder: string): Database[] {
  return [...open].filter(({ filename }) => filename.startsWith(`${folder}/`));
}

/** The runtime's own, which tells when something is on disk. The spoke gets it in place of `bun:sqlite`. */
export class Database extends Real {
  readonly #watched = new WeakSet<object>();

  constructor(...given: ConstructorParameters<typeof Real>) {
    super(...given);
    open.add(this);
  }

  override transaction<A extends unknown[], R>(change: (...given: A) => R): Watched<A, R> {
    const real = super.transaction(change);
    const watched =
      (run: (...given: A) => R) =>
      (...given: A): R => {
        const outermost = !this.inTransaction;
        const result = run(...given);
        if (outermost) this.#committed();
        return result;
      };
    const { deferred, immediate, exclusive } = real;
    const each = { deferred: watched(deferred), immediate: watched(immediate), exclusive: watched(exclusive) };
    return Object.assign(watched(real), each);
  }

  /** A write by itself is a commit too. */
  override query<R, P extends SQLQueryBindings | SQLQueryBindings[]>(text: string) {
    const statement = super.query<R, P>(text);
    if (!/^\s*(insert|update|delete)/i.test(text) || this.#watched.has(statement)) return statement;
    this.#watched.add(statement);
    const run = statement.run.bind(statement);
    const watched: typeof run = (...given) => {
      const result = run(...given);
      if (!this.inTransaction) this.#committed();
      return result;
    };
    return Object.assign(statement, { run: watched });
  }

  override close(throwOnError?: boolean): void {
    open.delete(this);
    super.close(throwOnError);
  }

  #committed(): void {
    for (const [folder, watcher] of watchers) if (this.filename.startsWith(`${folder}/`)) watcher.committed(this);
  }
}

interface Watched<A extends unknown[], R> {
  (...given: A): R;
  deferred: (...given: A) => R;
  immediate: (...given: A) => R;
  exclusive: (...given: A) => R;
}
