/** The same with every date as ISO 8601 in UTC: what JSON and pages carry. */
export type IsoTimes<T> = {
  readonly [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K];
};

export function isoTimes<T extends object>(row: T): IsoTimes<T> {
  // A loop: through entries and back took 5 % of a list's time.
  const made: Record<string, unknown> = {};
  for (const key in row) {
    const value = row[key];
    made[key] = value instanceof Date ? value.toISOString() : value;
  }
  return made as IsoTimes<T>;
}
