import type { ISql } from "postgres";
import postgres from "postgres";

const PREFIX = "fleet_verify_";
const INSUFFICIENT_PRIVILEGE = "42501";

/** Only names of ours are ever created or dropped by this file. */
export function scratchName(random: string): string {
  return PREFIX + random;
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
