import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSecretKey, signFile } from "../../../../deploy/parts/signing.ts";
import { digestFile } from "../../../../src/base/minisign.ts";
import { formatNote, releaseName, type ReleaseForm, type ReleaseNote } from "../../../../src/base/release/note.ts";
import { temporaryDirectory } from "../../../support/temporary.ts";
import { TEST_KEY, TEST_PUBLIC_KEY } from "./keys.ts";

const ROOT = join(import.meta.dir, "..", "..", "..", "..");

/** A machine with release 0.1.0 installed and running, whose service manager is a shell script. */
export interface Stage {
  readonly root: string;
  readonly url: string;
  /** Where the service manager's units are. */
  readonly units: string;
  /** A signed release of the mode; returns its file. */
  release(version: string, mode: string, options?: ReleaseOptions): string;
  /** The verb, as a process. */
  upgrade(...words: readonly string[]): Bun.Subprocess<"ignore", "pipe", "pipe">;
  restart(): Promise<void>;
  /** What answers at the service's port; undefined when nothing does. */
  serving(): Promise<string | undefined>;
  stop(): void;
}

export interface ReleaseOptions {
  readonly form?: ReleaseForm;
  readonly note?: Partial<ReleaseNote>;
}

export async function openStage(port: number): Promise<Stage> {
  const folder = temporaryDirectory();
  const root = join(folder, "lib");
  const key = join(folder, "release.pub");
  writeFileSync(key, TEST_PUBLIC_KEY);
  const environment = { PATH: process.env["PATH"] ?? "", HOME: "/tmp", FLEET_PORT: `${port}` };
  mkdirSync(join(root, "releases", "0.1.0"), { recursive: true });
  writeScript(join(root, "releases", "0.1.0", "fleet-hub"), fakeHub("0.1.0", "good"));
  symlinkSync("releases/0.1.0", join(root, "current"));
  const units = join(folder, "units");
  mkdirSync(units);
  writeFileSync(join(units, "fleet-hub.service"), "[Service]\nExecStart=/good\n");
  const manager = writeScript(join(folder, "restart"), serviceManager(root, units, join(folder, "pid")));
  const url = `http://127.0.0.1:${port}`;
  const stage: Stage = {
    root,
    units,
    url,
    release: (version, mode, options = {}) => writeRelease(folder, version, mode, options),
    upgrade: (...words) =>
      Bun.spawn(
        [process.execPath, join(ROOT, "src", "main.ts"), "upgrade", ...words, "--root", root, "--key", key].concat(
          ["--restart-with", manager, "--unit-dir", units, "--data-dir", folder],
          words.includes("--rollback") ? [] : ["--ready-within", "2", "--watch", "1"],
        ),
        { cwd: ROOT, env: environment, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
      ),
    async restart() {
      await Bun.spawn([manager], { env: environment, stdout: "ignore", stderr: "ignore" }).exited;
      while ((await stage.serving()) === undefined) await Bun.sleep(20);
    },
    async serving() {
      try {
        return await (await fetch(`${url}/version`)).text();
      } catch {
        return undefined;
      }
    },
    stop() {
      const pid = join(folder, "pid");
      if (existsSync(pid)) Bun.spawnSync(["kill", "-9", readFileSync(pid, "utf8").trim()]);
    },
  };
  await stage.restart();
  return stage;
}

function writeScript(path: string, text: string): string {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

function fakeHub(version: string, mode: string): string {
  return `#!/bin/sh\nexec ${process.execPath} ${join(import.meta.dir, "fake-hub.ts")} ${version} ${mode} "$@"\n`;
}

/** Ends what runs and starts whatever `current` names, as a service manager would. */
function serviceManager(root: string, units: string, pid: string): string {
  return [
    "#!/bin/sh",
    `if [ -e ${pid} ]; then kill -9 "$(cat ${pid})" 2>/dev/null; while kill -0 "$(cat ${pid})" 2>/dev/null; do sleep 0.02; done; fi`,
    // As systemd does with a unit that it cannot read.
    `grep -q '^ExecStart=/' ${units}/fleet-hub.service || exit 1`,
    `setsid ${root}/current/fleet-hub serve >/dev/null 2>&1 </dev/null &`,
    `echo $! > ${pid}`,
    "",
  ].join("\n");
}

function writeRelease(folder: string, version: string, mode: string, { form = "plain", note }: ReleaseOptions): string {
  const plain = writeScript(join(folder, `plain-${version}-${mode}`), fakeHub(version, mode));
  const { sha256, bytes } = digestFile(plain);
  const told = { product: "fleet-hub", version, arch: process.arch, form, executable: sha256, bytes, ...note };
  const file = join(folder, releaseName(told));
  const installed = join(folder, "lib", "releases", "0.1.0", "fleet-hub");
  if (form === "plain") writeFileSync(file, readFileSync(plain));
  else {
    const from = form === "patch" ? [`--patch-from=${installed}`] : [];
    Bun.spawnSync(["zstd", "-q", "-f", "-19", ...from, plain, "-o", file]);
  }
  writeFileSync(`${file}.minisig`, signFile(file, formatNote(told), readSecretKey(TEST_KEY)));
  return file;
}
