import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { readSecretKey, signFile } from "../../../deploy/parts/signing.ts";
import { proveArtefact, writePatch } from "../../../deploy/parts/artefacts.ts";
import { buildExecutable } from "../../../scripts/build-executable.ts";
import { digestFile } from "../../../src/base/minisign.ts";
import { formatNote, releaseName } from "../../../src/base/release/note.ts";
import { MINIMAL_EVENT } from "../../support/minimal-event.ts";
import { testDatabase, type TestDatabase } from "../../support/postgres.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { TEST_KEY, TEST_PUBLIC_KEY } from "./support/keys.ts";

/** Real executables of two versions, a real server of PostgreSQL, and rigs that send all the while. */
const PORT = 21_000 + (process.pid % 20_000);
const URL_OF_HUB = `http://127.0.0.1:${PORT}`;
const ADMIN_KEY = "the-admin-key-of-this-upgrade";
const SENDERS = 4;
const PAUSE_MS = 20;
const LONG_MS = 240_000;

const folder = temporaryDirectory();
const root = join(folder, "lib");
let database: TestDatabase;
let environment: Record<string, string>;

beforeAll(async () => {
  database = await testDatabase("server");
  environment = {
    PATH: process.env["PATH"] ?? "",
    HOME: "/tmp",
    FLEET_PORT: `${PORT}`,
    FLEET_DATABASE_URL: database.url ?? "",
    FLEET_ADMIN_KEY: ADMIN_KEY,
    FLEET_DATA_DIR: join(folder, "data"),
  };
  await buildExecutable({ product: "fleet-hub", outfile: join(root, "releases/0.1.0/fleet-hub"), version: "0.1.0" });
  symlinkSync("releases/0.1.0", join(root, "current"));
  mkdirSync(join(folder, "units"));
  writeFileSync(join(folder, "release.pub"), TEST_PUBLIC_KEY);
  writeFileSync(join(folder, "restart"), manager());
  chmodSync(join(folder, "restart"), 0o755);
  await Bun.spawn([join(folder, "restart")], { env: environment, stdout: "ignore", stderr: "inherit" }).exited;
  while (!(await ready())) await Bun.sleep(100);
}, LONG_MS);

afterAll(async () => {
  const pid = join(folder, "pid");
  if (existsSync(pid)) Bun.spawnSync(["kill", "-9", readFileSync(pid, "utf8").trim()]);
  await database.close();
});

/** Asks the hub to end, waits until it has, and starts what `current` names: what a restart of a service is. */
function manager(): string {
  const pid = join(folder, "pid");
  return [
    "#!/bin/sh",
    `if [ -e ${pid} ]; then kill "$(cat ${pid})" 2>/dev/null; while kill -0 "$(cat ${pid})" 2>/dev/null; do sleep 0.02; done; fi`,
    `setsid ${root}/current/fleet-hub serve >>${folder}/log 2>&1 </dev/null &`,
    `echo $! > ${pid}`,
    "",
  ].join("\n");
}

async function ready(): Promise<boolean> {
  try {
    return (await fetch(`${URL_OF_HUB}/readyz`)).status === 200;
  } catch {
    return false;
  }
}

/** Rigs as they are: each event is sent until the hub has it. */
function startLoad(rig: string, key: string) {
  const seen = { sent: 0, failed: 0, lastSuccess: performance.now(), longestGapMs: 0 };
  const stopping = new AbortController();
  const sender = async (at: number): Promise<void> => {
    for (let number = 0; !stopping.signal.aborted; number++) {
      const timestamp = MINIMAL_EVENT.timestamp + at * 1_000_000 + number;
      const event = { ...MINIMAL_EVENT, rig_id: rig, id: `${rig}-${timestamp}`, timestamp };
      while (!(await send(event, key))) {
        seen.failed++;
        await Bun.sleep(PAUSE_MS);
      }
      seen.sent++;
      const now = performance.now();
      seen.longestGapMs = Math.max(seen.longestGapMs, now - seen.lastSuccess);
      seen.lastSuccess = now;
      await Bun.sleep(PAUSE_MS);
    }
  };
  const running = Promise.all(Array.from({ length: SENDERS }, (_, at) => sender(at)));
  return {
    async stop() {
      stopping.abort();
      await running;
      return seen;
    },
  };
}

async function send(event: object, key: string): Promise<boolean> {
  try {
    const reply = await fetch(`${URL_OF_HUB}/api/fleet/events`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body: JSON.stringify(event),
    });
    return reply.status === 201 || reply.status === 409;
  } catch {
    return false;
  }
}

async function register(rig: string): Promise<string> {
  const reply = await fetch(`${URL_OF_HUB}/api/fleet/rigs/register`, {
    method: "POST",
    headers: { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify({ rig_id: rig, well_id: "WELL-001", field: "Test Basin" }),
  });
  return ((await reply.json()) as { api_key: string }).api_key;
}

async function upgrade(...words: readonly string[]) {
  const own = ["--root", root, "--key", join(folder, "release.pub"), "--restart-with", join(folder, "restart")];
  const more = [
    "--unit-dir",
    join(folder, "units"),
    "--ready-within",
    "15",
    "--watch",
    "5",
    "--backup-to",
    join(folder, "backup"),
  ];
  const child = Bun.spawn([join(root, "current/fleet-hub"), "upgrade", ...words, ...own, ...more], {
    cwd: "/",
    env: environment,
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

async function stored(rig: string): Promise<number> {
  const [row] = await database.sql<{ count: number }[]>`
    select count(*)::int as count from events where rig_id = ${rig}`;
  return row?.count ?? 0;
}

/** The release as a patch to 0.1.0, signed. */
function patchTo(executable: string, version: string): string {
  const { sha256, bytes } = digestFile(executable);
  const told = { product: "fleet-hub", version, arch: process.arch, executable: sha256, bytes };
  const former = { version: "0.1.0", file: join(root, "releases/0.1.0/fleet-hub") };
  const note = writePatch(executable, told, former, folder);
  proveArtefact(note, folder, former, folder);
  const file = join(folder, releaseName(note));
  writeFileSync(`${file}.minisig`, signFile(file, formatNote(note), readSecretKey(TEST_KEY)));
  return file;
}

test(
  "a patch replaces the hub under load; a release that never gets ready is taken back; no event is lost",
  async () => {
    const bad = join(folder, "bad", "fleet-hub");
    mkdirSync(join(folder, "bad"));
    writeFileSync(bad, '#!/bin/sh\n[ "$1" != serve ] || exec sleep 600\n');
    const { sha256, bytes } = digestFile(bad);
    const note = {
      product: "fleet-hub",
      version: "0.1.5",
      arch: process.arch,
      form: "plain",
      executable: sha256,
      bytes,
    } as const;
    const plain = join(folder, releaseName(note));
    writeFileSync(plain, readFileSync(bad));
    writeFileSync(`${plain}.minisig`, signFile(plain, formatNote(note), readSecretKey(TEST_KEY)));
    const key = await register("RIG-BAD");
    const load = startLoad("RIG-BAD", key);
    const refused = await upgrade(plain);
    const seen = await load.stop();
    expect([refused.code, refused.said]).toEqual([1, expect.stringContaining("rolled back to fleet-hub 0.1.0")]);
    expect([await ready(), readlinkSync(join(root, "current"))]).toEqual([true, "releases/0.1.0"]);
    expect(await stored("RIG-BAD")).toBe(seen.sent);
    say("release that hangs", seen);
  },
  LONG_MS,
);

test(
  "N−1 → N by a patch under load",
  async () => {
    const next = join(folder, "next", "fleet-hub");
    await buildExecutable({ product: "fleet-hub", outfile: next, version: "0.2.0" });
    const patch = patchTo(next, "0.2.0");
    const key = await register("RIG-GOOD");
    const load = startLoad("RIG-GOOD", key);
    const { code, said } = await upgrade("--patch", patch);
    const seen = await load.stop();
    expect([code, said]).toEqual([0, expect.stringContaining("fleet-hub 0.2.0 runs")]);
    expect(said).toContain("migrate --plan");
    expect(readdirSync(join(folder, "backup")).length).toBeGreaterThan(0);
    expect(await stored("RIG-GOOD")).toBe(seen.sent);
    say(`N−1 → N by a patch of ${Bun.file(patch).size} bytes`, seen);
  },
  LONG_MS,
);

function say(what: string, { sent, failed, longestGapMs }: { sent: number; failed: number; longestGapMs: number }) {
  const seconds = (longestGapMs / 1000).toFixed(1);
  process.stdout.write(
    `${what}: ${sent} events, ${failed} requests tried again, ${seconds} s without a reply, 0 lost\n`,
  );
}
