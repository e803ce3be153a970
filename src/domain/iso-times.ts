/** The same with every date as ISO 8601 in UTC: what JSON and pages carry. */
export type IsoTimes<T> = {
  readonly [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K];
};

export function isoTimes<T extends object>(row: T): IsoTimes<T> {
  const entries = Object.entries(row).map(([key, value]) => [key, value instanceof Date ? value.toISOString() : value]);
  return Object.fromEntries(entries) as IsoTimes<T>;
}
