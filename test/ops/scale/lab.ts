import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../src/base/clock.ts";
import { silentLog } from "../../../src/base/log.ts";
import { openDatabase, type Database } from "../../../src/db/connect.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

const SCALE = join(import.meta.dir, "..", "..", "..", "deploy", "scale");
/** What run.sh ends with where this machine cannot lend what it needs. */
const SKIPPED = 77;
/** Two runs at once need names and networks of their own. */
const OWN = process.pid % 200;

export type Db = "db1" | "db2";

/** What `deploy/scale/run.sh` starts, with hands on its parts. */
export interface ScaleLab {
  /** The balancer's. */
  readonly url: string;
  readonly adminKey: string;
  /** The interface between rigs and balancer. */
  readonly link: string;
  address(machine: string): string;
  /** What it printed. Throws with what it said when it failed. */
  on(machine: string, ...words: readonly string[]): Promise<string>;
  database(db: Db, ...words: readonly string[]): Promise<string>;
  promote(from: Db, to: Db, ...flags: readonly string[]): Promise<string>;
  signalHub(name: string, signal: "KILL" | "TERM"): Promise<void>;
  /** Until the process is gone. */
  hubEnded(name: string): Promise<void>;
  startHub(name: string): Promise<void>;
  /** The server's process, without a goodbye. */
  killDatabase(db: Db): Promise<void>;
  open(db: Db): Promise<Database>;
  /** What each program has resident, a line each. */
  memory(): string[];
  close(): Promise<void>;
}

/** Why it cannot be had here; installs what is missing where it may. */
export async function scaleProblem(): Promise<string | undefined> {
  const { code, said } = await run(["sh", join(SCALE, "run.sh"), "tools"], {});
  if (code === 0) return undefined;
  if (code === SKIPPED) return said.trim();
  throw new Error(`run.sh tools ended with ${code}: ${said}`);
}

export async function openScaleLab(...flags: readonly string[]): Promise<ScaleLab> {
  const dir = join(temporaryDirectory(), "lab");
  const net = `198.18.${OWN + 10}`;
  const environment = { FLEET_SCALE_DIR: dir };
  // PostgreSQL and pgbouncer do not run as root, and must get to what is theirs.
  for (let parent = join(dir, ".."); parent !== "/tmp" && parent !== "/"; parent = join(parent, "..")) {
    Bun.spawnSync(["chmod", "o+x", parent]);
  }
  const must = async (words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<string> => {
    const { code, said } = await run(words, { ...environment, ...more });
    if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}: ${said}`);
    return said;
  };
  const script = (name: string): string => join(SCALE, name);
  const running = await attach(["sh", script("run.sh"), "attached", "--name", `fs${OWN}`, "--net", net, ...flags], dir);
  const address = (machine: string): string => {
    if (machine === "lb") return `${net}.2`;
    return machine.startsWith("db") ? `${net}.1${machine.slice(2)}` : `${net}.${20 + Number(machine.slice(1))}`;
  };
  const hubs = readFileSync(join(dir, "lab.env"), "utf8").match(/h\d/g) ?? [];
  const on = (machine: string, ...words: readonly string[]) => must([script("on.sh"), machine, ...words]);
  const pidOf = (name: string): number => Number(readFileSync(join(dir, name, "hub.pid"), "utf8"));
  return {
    url: `http://${address("lb")}:8080`,
    adminKey: readFileSync(join(dir, "admin_key"), "utf8"),
    link: `fs${OWN}-rigs`,
    address,
    on,
    database: (db, ...words) => on(db, script("database.sh"), ...words),
    promote: (from, to, ...more) =>
      must(["sh", script("promote.sh"), "--old", from, "--standby", to, "--hubs", hubs.join(" "), ...more], {
        ON: script("on.sh"),
        LIB: SCALE,
        ADDRESSES: `db1=${address("db1")} db2=${address("db2")}`,
      }),
    signalHub: async (name, signal) => void process.kill(pidOf(name), `SIG${signal}`),
    async hubEnded(name) {
      while (existsSync(`/proc/${pidOf(name)}`)) await Bun.sleep(20);
    },
    startHub: async (name) => void (await must(["sh", script("run.sh"), "hub", name])),
    async killDatabase(db) {
      const [pid = ""] = readFileSync(join(dir, db, "data", "postmaster.pid"), "utf8").split("\n");
      process.kill(Number(pid), "SIGKILL");
    },
    open(db) {
      const password = readFileSync(join(dir, "fleet_password"), "utf8");
      const databaseUrl = `postgres://fleet:${password}@${address(db)}:5432/fleet`;
      return openDatabase({ databaseUrl, dataDir: "", pool: 2, prepare: false, log: silentLog, clock: systemClock });
    },
    memory: () =>
      [...hubs.flatMap((hub) => [`${hub}/hub`, `${hub}/pgbouncer`]), "lb/haproxy"].map((program) => {
        const pid = readFileSync(join(dir, `${program}.pid`), "utf8").trim();
        const children = Bun.spawnSync(["pgrep", "-P", pid]).stdout.toString().split("\n");
        const kib = [pid, ...children].filter((each) => each !== "").map(residentKib);
        return `${program} ${Math.round(Math.max(...kib) / 1024)} MB`;
      }),
    async close() {
      await running.stdin.end();
      await running.exited;
    },
  };
}

/** Ends with this process, also with one that is killed: its standard input ends then. */
async function attach(words: readonly string[], dir: string) {
  const child = Bun.spawn([...words], {
    env: { ...process.env, FLEET_SCALE_DIR: dir },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  let said = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    said += decoder.decode(chunk, { stream: true });
    if (/^up$/m.test(said)) return child;
  }
  throw new Error(`run.sh ended with ${await child.exited}: ${said}`);
}

function residentKib(pid: string): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
}

async function run(words: readonly string[], environment: Readonly<Record<string, string>>) {
  const child = Bun.spawn([...words], {
    env: { ...process.env, ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, said: out + err };
}
