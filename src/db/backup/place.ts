import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import type { ISql } from "postgres";
import type { Database } from "../connect.ts";

/** Which database this is, so that two ways to the same one are known as one. */
export async function identityOf({ sql, engine }: Pick<Database, "sql" | "engine">, dataDir: string): Promise<string> {
  // Every embedded one begins as a copy of the same snapshot, so only its folder tells them apart.
  if (engine === "embedded") return `folder ${realpathSync(resolve(dataDir))}`;
  const [row] = await sql<{ system: string; name: string }[]>`
    select system_identifier::text as system, current_database() as name from pg_control_system()`;
  return `server ${row?.system ?? ""}/${row?.name ?? ""}`;
}

const USUAL_FOLDER = "/var/lib/postgresql";

/** Where a server of this machine keeps its data; undefined for one elsewhere. */
export async function serverFolder(sql: ISql): Promise<string | undefined> {
  const [row] = await sql<{ here: boolean; folder: string | null }[]>`
    select inet_server_addr() is null or inet_server_addr() <<= inet '127.0.0.0/8' or inet_server_addr() = inet '::1' as here,
      case when pg_has_role('pg_read_all_settings', 'usage') then current_setting('data_directory') end as folder`;
  return row?.here === true ? (row.folder ?? USUAL_FOLDER) : undefined;
}
