import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";

/** Growing the shared index of the log fails with a code of its own when the disk is full. */
export function isDiskFull(error: unknown): boolean {
  return ["SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"].includes(sqliteCode(error));
}

/** A flipped bit of the header can look like another format, another schema or a file that must not be written. */
export function isDamage(error: unknown, path: string): boolean {
  const code = sqliteCode(error);
  if (/^SQLITE_(CORRUPT|NOTADB|ERROR|FORMAT|MISMATCH)/.test(code)) return true;
  return /^SQLITE_(READONLY|CANTOPEN)/.test(code) && existsSync(path) && isOurs(path);
}

/** A page that is none, met while the file is open. */
export function isCorrupt(error: unknown): boolean {
  return sqliteCode(error).startsWith("SQLITE_CORRUPT");
}

function isOurs(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    accessSync(dirname(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function sqliteCode(error: unknown): string {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" ? code : "";
}
