import type { TransactionSql } from "postgres";
import ddl from "./0005-rig-upgrades.sql" with { type: "text" };

export const oldestHub = "0.1.0";

export async function up(sql: TransactionSql): Promise<void> {
  await sql.unsafe(ddl);
}
