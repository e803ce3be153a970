/** What a look at one thing gave: `ok`, worth a look, or a fault. */
export interface Finding {
  readonly level: "ok" | "warn" | "FAIL";
  readonly what: string;
  readonly fact: string;
  /** What to do about it; absent when all is well. */
  readonly remedy?: string;
}

export function ok(what: string, fact: string): Finding {
  return { level: "ok", what, fact };
}

export function warn(what: string, fact: string, remedy: string): Finding {
  return { level: "warn", what, fact, remedy };
}

export function fail(what: string, fact: string, remedy: string): Finding {
  return { level: "FAIL", what, fact, remedy };
}

/** `FAIL disk: 2 % free → …` */
export function findingLine({ level, what, fact, remedy }: Finding): string {
  return `${level.padEnd(4)} ${what}: ${fact}${remedy === undefined ? "" : ` → ${remedy}`}`;
}

/** 1 as soon as something has failed; what is worth a look is no fault. */
export function findingsCode(findings: readonly Finding[]): number {
  return findings.some(({ level }) => level === "FAIL") ? 1 : 0;
}

/** A text for people who help: everything but the secrets, wherever they stand in it. */
export function struckOut(text: string, secrets: readonly (string | undefined)[]): string {
  return secrets
    .flatMap((secret) => (secret === undefined || secret === "" ? [] : [secret, JSON.stringify(secret).slice(1, -1)]))
    .reduce((left, secret) => left.replaceAll(secret, "(struck out)"), text);
}

const LEAST_FREE = 0.02;
const LITTLE_FREE = 0.1;

export function judgeDisk(
  path: string,
  space: { readonly free_bytes: number; readonly total_bytes: number } | undefined,
): Finding {
  if (space === undefined) return warn("disk", `${path} cannot be asked`, "see that the folder is there");
  const share = space.free_bytes / space.total_bytes;
  const fact = `${(share * 100).toFixed(1)} % free at ${path}`;
  if (share < LEAST_FREE) return fail("disk", fact, "make room now: docs/runbooks/disk-full.md");
  return share < LITTLE_FREE ? warn("disk", fact, "make room: docs/runbooks/disk-full.md") : ok("disk", fact);
}

const CLOCK_WARN_S = 5;
const CLOCK_FAIL_S = 60;

/** `offsetS` is the other clock minus ours. */
export function judgeClock(whose: string, offsetS: number): Finding {
  const fact = `${Math.abs(offsetS).toFixed(1)} s ${offsetS < 0 ? "ahead of" : "behind"} ${whose}`;
  if (Math.abs(offsetS) >= CLOCK_FAIL_S) return fail("clock", fact, "set it by NTP: docs/runbooks/clock-wrong.md");
  if (Math.abs(offsetS) >= CLOCK_WARN_S) return warn("clock", fact, "see that NTP runs: timedatectl");
  return ok("clock", `within ${CLOCK_WARN_S} s of ${whose}`);
}

export function judgeCompiler(runs: boolean): Finding {
  if (runs) return ok("runtime", "compiles");
  return fail(
    "runtime",
    "its compiler is off: slow, and deaf to systemd",
    "take MemoryDenyWriteExecute, LimitAS and LimitDATA out of the unit, and BUN_JSC_* out of the environment",
  );
}
