import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const ROOT = join(import.meta.dir, "..", "..", "..");
const BOOT = join(ROOT, "deploy", "test", "systemd-machine.sh");
const CANNOT = 77;

export interface Ran {
  readonly code: number;
  readonly out: string;
}

/** A machine with systemd as its process 1, over a throw-away copy of this one's files. */
export interface Machine {
  /** Of its process 1, as this machine counts them. */
  readonly pid: string;
  /** Runs a line of shell in it as root; both streams are in `out`. */
  sh(line: string): Ran;
  /** The same; throws unless it succeeds. Returns what it printed, without the last line's end. */
  ok(line: string): string;
  /** Repeats the line until it succeeds; returns the seconds that it took. */
  until(line: string, seconds: number): Promise<number>;
  /** Resolves when nothing is left of it. */
  stop(): Promise<void>;
}

/**
 * Undefined where namespaces are not allowed or there is no systemd: the tests then say so and count as skipped. `files`:
 * another machine's root in place of this one's, and folders of this one to be seen there.
 */
export async function bootMachine(files: readonly string[] = []): Promise<Machine | undefined> {
  installSystemd();
  const folder = mkdtempSync(join(tmpdir(), "fleet-machine-"));
  const boot = spawn("sh", [BOOT, folder, ...files], { stdio: ["pipe", "pipe", "inherit"] });
  const pid = await machinePid(boot);
  if (pid === undefined) return undefined;
  const sh = (line: string): Ran => {
    const ran = spawnSync("nsenter", ["-t", pid, "-a", "sh", "-c", `exec 2>&1; cd /\n${line}`], {
      encoding: "utf8",
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8", SYSTEMD_PAGER: "" },
      timeout: 120_000,
    });
    return { code: ran.status ?? -1, out: ran.stdout };
  };
  return {
    pid,
    sh,
    ok(line) {
      const { code, out } = sh(line);
      if (code !== 0) throw new Error(`${line}\nended with ${code}:\n${out}\n${sh("journalctl -n 30 --no-pager").out}`);
      return out.trimEnd();
    },
    async until(line, seconds) {
      const started = performance.now();
      const spent = (): number => (performance.now() - started) / 1000;
      while (sh(line).code !== 0) {
        if (spent() > seconds) throw new Error(`not within ${seconds} s: ${line}\n${sh("journalctl -n 40").out}`);
        await Bun.sleep(50);
      }
      return spent();
    },
    async stop() {
      const ended = once(boot, "exit");
      boot.stdin?.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What the machine is made of; where it cannot be installed, the boot says what is missing. */
function installSystemd(): void {
  const needed = ["/lib/systemd/systemd", "/usr/bin/dbus-daemon", "/usr/bin/systemd-analyze"];
  if (process.getuid?.() !== 0 || needed.every((path) => existsSync(path))) return;
  spawnSync("apt-get", ["update", "-qq"]);
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "systemd", "dbus", "iproute2", "procps"]);
}

function machinePid(boot: ChildProcess): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  boot.stdout?.on("data", (chunk: Buffer) => {
    const pid = /machine (\d+)/.exec(chunk.toString())?.[1];
    if (pid !== undefined) resolve(pid);
  });
  boot.once("exit", (code) => {
    if (code === CANNOT) resolve(undefined);
    else reject(new Error(`the machine ended with ${code}`));
  });
  return promise;
}

/** Both executables, or why the tests cannot run. */
export function missingExecutables(): string | undefined {
  const missing = ["fleet-hub", "fleet-spoke"].filter((name) => !existsSync(join(ROOT, "dist", name)));
  return missing.length === 0 ? undefined : `dist/${missing.join(" and dist/")}: run npm run build`;
}

/** Runs the unit with other settings, and afterwards as it was. */
export async function withDropIn(
  machine: Machine,
  unit: string,
  lines: readonly string[],
  use: () => Promise<void>,
): Promise<void> {
  const folder = `/etc/systemd/system/${unit}.service.d`;
  machine.ok(`mkdir -p ${folder}; printf '%s\\n' ${lines.map(quoted).join(" ")} > ${folder}/test.conf
    systemctl daemon-reload; systemctl reset-failed ${unit} || true`);
  try {
    await use();
  } finally {
    machine.ok(`rm ${folder}/test.conf; systemctl daemon-reload; systemctl reset-failed ${unit} || true`);
    machine.ok(`systemctl reset-failed ${unit}; systemctl restart ${unit}`);
  }
}

/** As one word of a line of shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
