import type { ISql, JSONValue } from "postgres";

export interface BackupEntry {
  /** `restore` is a proof: a backup was read back and was right. */
  readonly kind: "backup" | "restore";
  readonly at: Date;
  readonly ok: boolean;
  readonly bytes: number | null;
  readonly took_s: number;
  readonly detail: Readonly<Record<string, JSONValue>>;
}

export async function logBackup(sql: ISql, entry: BackupEntry): Promise<void> {
  await sql`insert into backup_log ${sql({ ...entry, detail: sql.json(entry.detail) })}`;
}
