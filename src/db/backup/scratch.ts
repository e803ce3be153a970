import type { ISql } from "postgres";
import postgres from "postgres";

const PREFIX = "fleet_verify_";
const INSUFFICIENT_PRIVILEGE = "42501";

const SECONDS_DIGITS = 8;
/** No proof takes a day. */
const LEFT_BEHIND_S = 86_400;

/** Only names of ours are ever created or dropped by this file. It begins with the time, so that old ones are known. */
export function scratchName(unixS: number, random: string): string {
  return PREFIX + unixS.toString(16).padStart(SECONDS_DIGITS, "0") + random;
}

/** What a proof left that was killed. */
export async function dropLeftScratches(sql: ISql, unixS: number): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select datname as name from pg_database where starts_with(datname, ${PREFIX}) order by datname`;
  const left = rows.map(({ name }) => name).filter((name) => madeAt(name) < unixS - LEFT_BEHIND_S);
  for (const name of left) await dropScratch(sql, name);
  return left;
}

/** Unix s; NaN for a name of somebody else's. */
function madeAt(name: string): number {
  return Number.parseInt(name.slice(PREFIX.length, PREFIX.length + SECONDS_DIGITS), 16);
}

/** The same server and role, another database. */
export function scratchUrl(url: string, name: string): string {
  const [address = "", query] = url.split("?", 2);
  const [scheme = "", rest = ""] = address.split("://", 2);
  const host = rest.split("/", 1)[0] ?? "";
  return `${scheme}://${host}/${name}${query === undefined ? "" : `?${query}`}`;
}

/** False when the hub's role may not. */
export async function createScratch(sql: ISql, name: string): Promise<boolean> {
  try {
    await sql`create database ${sql(name)} template template0`;
    return true;
  } catch (error) {
    if (error instanceof postgres.PostgresError && error.code === INSUFFICIENT_PRIVILEGE) return false;
    throw error;
  }
}

export async function dropScratch(sql: ISql, name: string): Promise<void> {
  await sql`drop database if exists ${sql(name)} with (force)`;
}
