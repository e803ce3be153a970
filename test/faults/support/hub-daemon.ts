import { executables } from "./executables.ts";
import { startDaemon, type Daemon } from "./daemon.ts";

export const ADMIN_KEY = "the-admin-key-of-the-faults";

/** The hub's executable over one database, as often as it is started. */
export interface HubDaemon {
  /** Of the process that runs; throws when none does. */
  readonly url: string;
  readonly process: Daemon;
  /** Resolves once it answers. */
  start(): Promise<void>;
  /** By kill -9. */
  kill(): Promise<void>;
  /** Asks it to end; returns its exit code. */
  stop(): Promise<number>;
  /** A request with the admin's key. */
  ask(method: string, path: string, json?: unknown): Promise<Response>;
  /** Runs another verb on the same database to its end; returns what it printed. */
  verb(...argv: string[]): Promise<string>;
}

export interface HubOptions {
  readonly dataDir: string;
  /** Without one the database is embedded. */
  readonly databaseUrl?: string | undefined;
  /** In place of what the executables of this run are. */
  readonly executable?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with each new address, before the start resolves. */
  readonly onReady?: (url: string) => void;
}

/** Curation follows at once: what is tried is whether it is right, not whether it waits. */
const ENVIRONMENT = {
  FLEET_ADMIN_KEY: ADMIN_KEY,
  FLEET_PORT: "0",
  FLEET_CURATION_QUIET_MS: "20",
  FLEET_CURATION_WAIT_MAX_MS: "100",
  FLEET_DRAIN_SECS: "10",
};

export async function hubDaemon(options: HubOptions): Promise<HubDaemon> {
  const executable = options.executable ?? (await executables())["fleet-hub"];
  const environment = {
    ...ENVIRONMENT,
    FLEET_DATA_DIR: options.dataDir,
    ...(options.databaseUrl === undefined ? {} : { FLEET_DATABASE_URL: options.databaseUrl }),
    ...options.environment,
  };
  let running: { process: Daemon; url: string } | undefined;
  const use = (): { process: Daemon; url: string } => {
    if (running === undefined) throw new Error("this hub is not running");
    return running;
  };
  return {
    get url() {
      return use().url;
    },
    get process() {
      return use().process;
    },
    async start() {
      const daemon = startDaemon({ command: [executable, "serve"], environment, ready: /is ready at (https?:\S+)/ });
      running = { process: daemon, url: "" };
      const url = await daemon.ready;
      running = { process: daemon, url };
      options.onReady?.(url);
    },
    async kill() {
      await use().process.kill();
      running = undefined;
    },
    async stop() {
      const { process: stopping } = use();
      stopping.signal("SIGTERM");
      running = undefined;
      return stopping.exited;
    },
    ask: (method, path, json) =>
      fetch(use().url + path, {
        method,
        headers: { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      }),
    async verb(...argv) {
      const child = Bun.spawn([executable, ...argv], { cwd: "/", env: environment, stdout: "pipe", stderr: "pipe" });
      const [out, err, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      if (code !== 0) throw new Error(`fleet-hub ${argv.join(" ")} ended with ${code}: ${err}${out}`);
      return out;
    },
  };
}
