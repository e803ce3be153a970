import type { FaultMutant } from "./mutant.ts";

export const HUB_MUTANTS: readonly FaultMutant[] = [
  {
    row: "hub-kill",
    name: "an upload is answered before its group is written",
    product: "fleet-hub",
    file: "src/domain/ingest.ts",
    find: "      if (wasIdle) idle = writeAll();\n      return promise;",
    replace: `      if (wasIdle) idle = writeAll();
      promise.catch(() => {});
      return { status: "accepted", id: prepared.row.id };`,
    times: 30,
  },
  {
    row: "database-stop",
    name: "commits are not waited for",
    product: "fleet-hub",
    file: "src/db/connect.ts",
    find: "    ...name,\n",
    replace: '    ...name,\n    synchronous_commit: "off",\n',
    times: 20,
  },
  {
    row: "replies",
    name: "the answer that arrives last stands, whenever it was given",
    product: "fleet-hub",
    file: "src/domain/outcomes.ts",
    find: "  return standing !== null && told !== null && told < standing;",
    replace: "  return standing !== null && told !== null && told < standing && false;",
    times: 20,
  },
  {
    row: "outage",
    name: "an upload that could not be written is accepted all the same",
    product: "fleet-hub",
    file: "src/domain/ingest.ts",
    find: "  for (const [at, { resolve, reject }] of group.entries()) {",
    replace: `  for (const [at, { upload, resolve }] of group.entries()) {
    const reject = (): void => resolve({ status: "accepted", id: upload.row.id });`,
    times: 20,
  },
  {
    row: "two-curators",
    name: "a session is taken for what of it no other curator holds",
    product: "fleet-hub",
    file: "src/domain/curation/load-sessions.ts",
    find: `held: held.has(keyName(key)) });
}

/** A member that was not read is locked by another transaction, or moved while this one was reading. */
function markBusy({ keys }: Loading, members: readonly SessionMember[], rows: readonly CurationRow[]): void {
  const read = new Set(rows.map(memberName));
  for (const member of members) {
    if (!read.has(memberName(member)))`,
    replace: `held: held.has(keyName(key)) || true });
}

function markBusy({ keys }: Loading, members: readonly SessionMember[], rows: readonly CurationRow[]): void {
  const read = new Set(rows.map(memberName));
  for (const member of members) {
    if (!read.has(memberName(member)) && false)`,
    times: 150,
  },
  {
    row: "two-curators",
    name: "two curators write the library at once",
    product: "fleet-hub",
    file: "src/db/versions.ts",
    find: "  await tx`select pg_advisory_xact_lock(${LIBRARY_LOCK})`;",
    replace: "  await tx`select pg_advisory_xact_lock_shared(${LIBRARY_LOCK})`;",
    times: 60,
  },
  {
    row: "stopped",
    name: "a replay is counted again",
    product: "fleet-hub",
    file: "src/db/events.ts",
    find: "      on conflict (id) do nothing\n      returning id, rig_id,",
    replace: "      on conflict (id) do update set received_at = excluded.received_at\n      returning id, rig_id,",
    times: 60,
  },
  {
    row: "replies",
    name: "a replay is counted again",
    product: "fleet-hub",
    file: "src/db/events.ts",
    find: "      on conflict (id) do nothing\n      returning id, rig_id,",
    replace: "      on conflict (id) do update set received_at = excluded.received_at\n      returning id, rig_id,",
    times: 60,
  },
  {
    row: "migration",
    name: "two hubs migrate at once",
    product: "fleet-hub",
    file: "src/db/migrate.ts",
    find: "    await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`;",
    replace: "    void MIGRATION_LOCK;",
    times: 30,
  },
  {
    row: "migration",
    name: "each migration stands for itself, whatever becomes of the next",
    product: "fleet-hub",
    file: "src/db/migrate.ts",
    find: "  const applied = await database.sql.begin(async (sql) => {",
    replace:
      "  const applied = await (async (work: (sql: TransactionSql) => Promise<string[]>) => work(database.sql as never))(async (sql) => {",
    times: 30,
  },
  {
    row: "migration-embedded",
    name: "the embedded database is unpacked where it will stand",
    product: "fleet-hub",
    file: "src/db/embedded-directory.ts",
    find: "  const beside = `${directory}.new`;",
    replace: "  const beside = directory;",
    times: 10,
  },
  {
    row: "golden",
    name: "a date is read as HTTP writes it, and in no other way",
    product: "fleet-hub",
    file: "src/domain/library/modified-since.ts",
    find: "/^\\d{1,11}$/.test(text)",
    replace: '/^\\d{1,11}$/.test(text) && text === ""',
    times: 1,
  },
];
