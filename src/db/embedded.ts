import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { closeClient, openClient } from "./client.ts";
import type { Database, DatabaseOptions } from "./connect.ts";

export async function openEmbedded(options: DatabaseOptions): Promise<Database> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const db = await PGlite.create({ dataDir: join(options.dataDir, "postgres") });
  const socketDir = mkdtempSync(join(tmpdir(), "fleet-"));
  const path = join(socketDir, "s");
  const server = new PGLiteSocketServer({ db, path, maxConnections: 4 });
  await server.start();
  const sql = openClient({
    path,
    max: 1,
    prepare: options.prepare,
    max_lifetime: null,
    username: "postgres",
    database: "postgres",
  });
  const close = async (): Promise<void> => {
    await closeClient(sql);
    await server.stop();
    await db.close();
    rmSync(socketDir, { recursive: true, force: true });
  };
  return { sql, engine: "embedded", close };
}
