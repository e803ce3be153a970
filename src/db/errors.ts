import postgres from "postgres";

/** SQLSTATE classes: data exception, integrity violation, program limit. The same row will fail again. */
const ROW_CLASSES = new Set(["22", "23", "54"]);
/** Transaction rollback: deadlock or serialisation. The same row may pass. */
const ROLLBACK_CLASS = "40";
const CLASS_CHARS = 2;

/** The database says that what it was given is wrong; it is not an outage. */
export function isRowError(error: unknown): boolean {
  return ROW_CLASSES.has(errorClass(error));
}

/** Another transaction stood in the way. */
export function isTransient(error: unknown): boolean {
  return errorClass(error) === ROLLBACK_CLASS;
}

function errorClass(error: unknown): string {
  return error instanceof postgres.PostgresError ? error.code.slice(0, CLASS_CHARS) : "";
}

/** SQLSTATE classes: connection, resources, operator intervention (shutdown, statement timeout), system. */
const OUTAGE_CLASSES = new Set(["08", "53", "57", "58", ROLLBACK_CLASS]);
/** What the client itself says when there is no server at the other end. */
const OUTAGE_CODES = /^(CONNECT|CONNECTION_|ECONN|ENOENT|ENOTFOUND|ETIMEDOUT|EPIPE|EAI_|EHOST|ENET)/;

/** The database is away, full or stopping: the same request may pass later. */
export function isOutage(error: unknown): boolean {
  if (OUTAGE_CLASSES.has(errorClass(error))) return true;
  const { code } = error instanceof Error && "code" in error ? error : { code: undefined };
  return typeof code === "string" && !(error instanceof postgres.PostgresError) && OUTAGE_CODES.test(code);
}

/** SQLSTATE: invalid authorisation. Another user, or another password, would get in. */
export function isRefusedUser(error: unknown): boolean {
  return errorClass(error) === "28";
}
