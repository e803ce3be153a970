import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..", "..");
/** What a slow machine may take for a start. */
const START_MS = 60_000;
const STOP_MS = 20_000;
const POLL_MS = 50;
const LOG_TAIL_LINES = 15;

export interface Daemon {
  readonly name: string;
  /** `http://…` that it said it listens at. */
  readonly url: string;
  /** SIGTERM, and its exit code. */
  stop(): Promise<number>;
}

/** From the sources, or as `npm run build` made them, which must run from anywhere. */
const COMMANDS = {
  sources: { hub: [process.execPath, "src/main.ts"], spoke: [process.execPath, "spoke/main.ts"], cwd: ROOT },
  built: { hub: [join(ROOT, "dist", "fleet-hub")], spoke: [join(ROOT, "dist", "fleet-spoke")], cwd: "/" },
} as const;
export type Made = keyof typeof COMMANDS;

interface DaemonOptions {
  readonly name: string;
  readonly program: "hub" | "spoke";
  readonly made: Made;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

/** Both executables log `hub.ready` or `spoke.ready` with the address that they took. */
function readyUrl(log: string): string | undefined {
  const line = log.split("\n").find((entry) => /"event":"(hub|spoke)\.ready"/.test(entry));
  return line === undefined ? undefined : (JSON.parse(line) as { url: string }).url;
}

/** Nothing that the demo started outlives it, however it ends. */
const running = new Set<Bun.Subprocess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts one of our executables and waits until it says where it listens. */
export async function startDaemon({ name, program, made, args, env, logFile }: DaemonOptions): Promise<Daemon> {
  const log = openSync(logFile, "w");
  const child = Bun.spawn([...COMMANDS[made][program], ...args], {
    cwd: COMMANDS[made].cwd,
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: log,
    stderr: log,
  });
  closeSync(log);
  running.add(child);
  const url = await eventually(`${name} starts`, START_MS, () => {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}\n${tail(logFile)}`);
    return Promise.resolve(readyUrl(readFileSync(logFile, "utf8")));
  });
  return {
    name,
    url,
    async stop() {
      child.kill("SIGTERM");
      await Promise.race([child.exited, Bun.sleep(STOP_MS)]);
      return child.exitCode ?? -1;
    },
  };
}

/** Asks until there is an answer. Fails with the name of what was waited for. */
export async function eventually<T>(what: string, withinMs: number, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs / 1000} s`);
    await Bun.sleep(POLL_MS);
  }
}

function tail(file: string): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-LOG_TAIL_LINES).join("\n");
}
