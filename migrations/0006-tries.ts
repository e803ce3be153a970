import type { TransactionSql } from "postgres";
import ddl from "./0006-tries.sql" with { type: "text" };

export const oldestHub = "0.1.0";

export async function up(sql: TransactionSql): Promise<void> {
  await sql.unsafe(ddl);
}
