/**
 * Writes docs/api.md: runs each command of the manual against a hub of its own and puts the reply below it, so that
 * the manual cannot say what the hub does not. Run it after every change of a route.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startHubProcess } from "../test/support/daemon.ts";
import { temporaryDirectory } from "../test/support/temporary.ts";
import { writeDownloads } from "./api-doc/downloads.ts";
import { writeEvents } from "./api-doc/events.ts";
import { manual } from "./api-doc/manual.ts";
import { openShell } from "./api-doc/shell.ts";

const TARGET = join(import.meta.dir, "..", "docs", "api.md");

const folder = temporaryDirectory();
const hub = await startHubProcess(["--downloads-dir", writeDownloads(folder)]);
try {
  const shell = openShell(folder, { HUB: hub.url, ADMIN_KEY: hub.adminKey });
  const text = await manual(shell, writeEvents(folder));
  writeFileSync(TARGET, text);
  console.log(`${TARGET}: ${text.split("\n").length} lines`);
} finally {
  await hub.stop();
}
process.exit(0);
