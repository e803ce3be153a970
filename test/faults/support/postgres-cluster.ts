import { chownSync, mkdtempSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { binDirectory, NOBODY } from "../../support/postgres-server.ts";
import { startDaemon, type Daemon } from "./daemon.ts";

/** As PostgreSQL is by itself: everything that it acknowledges is on the disk. */
const SETTINGS = [
  "listen_addresses=",
  "fsync=on",
  "synchronous_commit=on",
  "full_page_writes=on",
  "max_connections=100",
  "shared_buffers=32MB",
  "logging_collector=off",
  // After a crash: one call for the whole disk in place of one a file.
  "recovery_init_sync_method=syncfs",
];
const READY = /(database system is ready to accept connections)/;

/** A PostgreSQL of its own, with its own disk, that can be ended in every way and started again. */
export interface Cluster {
  readonly url: string;
  start(): Promise<void>;
  /** `SIGQUIT` is PostgreSQL's immediate stop: no checkpoint, recovery at the next start. */
  stop(signal?: "SIGQUIT" | "SIGINT" | "SIGTERM"): Promise<void>;
  /** To the server and every process of it. */
  signalAll(signal: "SIGSTOP" | "SIGCONT"): void;
}

export async function startCluster(settings: readonly string[] = []): Promise<Cluster> {
  const directory = mkdtempSync(join(tmpdir(), "fleet-faults-pg-"));
  const isRoot = userInfo().uid === 0;
  if (isRoot) chownSync(directory, NOBODY.uid, NOBODY.gid);
  const bin = await binDirectory(directory);
  const data = join(directory, "data");
  const identity = isRoot
    ? ["setpriv", `--reuid=${NOBODY.uid}`, `--regid=${NOBODY.gid}`, "--clear-groups", "--pdeathsig", "KILL", "--"]
    : [];
  const made = Bun.spawnSync([...identity, join(bin, "initdb"), "-D", data, ...INITDB], { cwd: directory });
  if (made.exitCode !== 0) throw new Error(`initdb failed: ${made.stderr.toString()}`);
  const flags = [...SETTINGS, ...settings].flatMap((setting) => ["-c", setting]);
  const command = [...identity, join(bin, "postgres"), "-D", data, "-k", directory, ...flags];
  let server: Daemon | undefined;
  const cluster: Cluster = {
    url: `postgres://postgres@localhost/postgres?host=${encodeURIComponent(directory)}`,
    async start() {
      server = startDaemon({ command, cwd: directory, ready: READY });
      await server.ready;
    },
    async stop(signal = "SIGQUIT") {
      const stopping = server;
      server = undefined;
      stopping?.signal(signal);
      await stopping?.exited;
    },
    signalAll(signal) {
      if (server === undefined) throw new Error("the database is not running");
      const all = [server.pid, ...childrenOf(server.pid)];
      for (const pid of signal === "SIGSTOP" ? all : all.toReversed()) process.kill(pid, signal);
    },
  };
  removeAtEnd(directory);
  await cluster.start();
  return cluster;
}

/** The directory of its unix socket. */
export function socketOf({ url }: Cluster): string {
  return new URL(url).searchParams.get("host") ?? "";
}

const INITDB = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"];

function childrenOf(pid: number): number[] {
  const { stdout } = Bun.spawnSync(["ps", "-o", "pid=", "--ppid", String(pid)]);
  return stdout
    .toString()
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(Number);
}

/** However this process ends, the pipe closes, and then the folder goes. */
function removeAtEnd(directory: string): void {
  const script = `trap "" INT TERM HUP; read -r _; sleep 1; rm -rf "$1"`;
  Bun.spawn(["/bin/sh", "-c", script, "janitor", directory], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
  }).unref();
}
