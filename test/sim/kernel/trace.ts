/** What happened, a line a release: all of it as a hash, the end of it as text. */
export interface Trace {
  add(atMs: number, who: string, what: string): void;
  /** Lines kept, oldest first. */
  lines(): string[];
  readonly count: number;
  hash(): string;
}

const KEPT_MAX = 4000;

export function createTrace(keep: boolean): Trace {
  const hasher = new Bun.CryptoHasher("sha256");
  const kept: string[] = [];
  let count = 0;
  return {
    add(atMs, who, what) {
      const line = `${clockText(atMs)} ${who.padEnd(8)} ${what}`;
      hasher.update(`${line}\n`);
      count++;
      if (!keep) return;
      kept.push(line);
      if (kept.length > 2 * KEPT_MAX) kept.splice(0, KEPT_MAX);
    },
    lines: () => kept,
    get count() {
      return count;
    },
    hash: () => hasher.copy().digest("hex").slice(0, 16),
  };
}

/** Days and time since the run began. */
export function clockText(ms: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const seconds = ms / 1000;
  const day = Math.floor(seconds / 86_400);
  const time = [two((seconds / 3600) % 24), two((seconds / 60) % 60), two(seconds % 60)].join(":");
  return `${day}d ${time}.${String(Math.floor(ms % 1000)).padStart(3, "0")}`;
}
