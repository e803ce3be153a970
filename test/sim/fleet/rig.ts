import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSpoke, type Spoke } from "../../../spoke/spoke.ts";
import { readSpokeSettings, type SpokeSettings } from "../../../spoke/settings.ts";
import { BALLAST_BYTES } from "../../../spoke/queue/ballast.ts";
import { SCAN_EVERY_MS } from "../../../spoke/queue-folder.ts";
import { lifeClock, type WallClock } from "../kernel/clock.ts";
import { disownFolder, ownFolder } from "../kernel/fs-promises.ts";
import type { Life } from "../kernel/kernel.ts";
import type { Dice } from "../kernel/random.ts";
import { closeBelow, forgetFolder, watchCommits } from "../kernel/sqlite.ts";
import { START_MS, type Fleet } from "./fleet.ts";
import { tracingLog } from "./hub.ts";
import { loseUnsynced } from "./power.ts";

export interface RigSetup {
  readonly rigId: string;
  /** As the rig's technician typed it in. */
  key: string;
  readonly settings: Partial<SpokeSettings>;
  readonly usesFolder: boolean;
}

/** A rig's machine: its disk and its clock, and the spoke on it when it runs. */
export interface SimRig {
  readonly setup: RigSetup;
  readonly wall: WallClock;
  readonly dice: Dice;
  /** The rig software's upload folder; undefined where events come by the local address. */
  readonly queueDir: string | undefined;
  /** What the spoke's disk holds now. */
  readonly dataDir: string;
  readonly running: RunningRig | undefined;
  /** What its clock would show if it were right, at the run's begin. */
  readonly trueStartMs: number;
  /** Whether the hub should let it in. */
  admitted: boolean;
  /** Somebody changes its key: nobody else should. */
  changing: boolean;
  boot(): Promise<void>;
  kill(how: "killed" | "power cut"): void;
  /** Dies right after so many commits more. */
  killAfterCommits(commits: number, how: "killed" | "power cut", then: () => void): void;
  /** What was to kill it, does not. */
  spare(): void;
}

export interface RunningRig {
  readonly life: Life;
  readonly spoke: Spoke;
}

export function createRig(fleet: Fleet, setup: RigSetup): SimRig {
  const { kernel, tally, world } = fleet;
  const { rigId } = setup;
  const root = join(fleet.folder, rigId);
  const queueDir = setup.usesFolder ? join(root, "uploads") : undefined;
  const wall: WallClock = { startMs: START_MS };
  const dice = fleet.dice.fork(rigId);
  let nth = 0;
  let dataDir = join(root, "data-0");
  let running: RunningRig | undefined;
  /** Also while it boots. */
  let alive: Life | undefined;
  let doom: { commits: number; run: () => void } | undefined;
  mkdirSync(queueDir ?? root, { recursive: true });
  if (queueDir !== undefined) ownFolder(queueDir, { kernel, life: () => alive ?? { name: rigId, dead: true } });

  async function boot(): Promise<void> {
    const life: Life = { name: rigId, dead: false };
    alive = life;
    kernel.note(life, "boots");
    watchCommits(dataDir, {
      committed() {
        if (doom === undefined || life.dead || --doom.commits > 0) return;
        doom.run();
      },
    });
    lendBallast(fleet, dataDir);
    const spoke = await createSpoke({
      clock: lifeClock(kernel, life, wall, (ms) => (ms === SCAN_EVERY_MS ? fleet.plan.folderScanMs : ms)),
      random: dice.fork(`random.${++nth}`),
      net: fleet.net.of(rigId, life),
      log: tracingLog(fleet, life),
      settings: settingsOf(setup, dataDir, queueDir),
    });
    if (life.dead) return;
    running = { life, spoke };
    spoke.crashed.catch((error) => fleet.model.broken(`${rigId} ended by itself: ${String(error)}`));
    spoke.start();
  }

  function kill(how: "killed" | "power cut"): void {
    if (alive === undefined) return;
    tally.count(`rig ${how}`);
    kernel.note(alive, `is ${how}`);
    alive.dead = true;
    alive = undefined;
    running = undefined;
    doom = undefined;
    const before = dataDir;
    dataDir = join(root, `data-${nth}`);
    copyDisk(before, dataDir);
    if (how === "power cut") loseUnsynced(before, dataDir, dice, tally);
    forgetFolder(before);
    // What ran when it died still holds its files: they are closed when it has come to its next wait.
    kernel.quietly(0, world, () => {
      closeBelow(before);
      rmSync(before, { recursive: true, force: true });
    });
  }

  return {
    setup,
    wall,
    dice,
    queueDir,
    trueStartMs: START_MS,
    admitted: true,
    changing: false,
    get dataDir() {
      return dataDir;
    },
    get running() {
      return running;
    },
    boot,
    kill,
    spare: () => (doom = undefined),
    killAfterCommits(commits, how, then) {
      doom = {
        commits,
        run: () => {
          tally.count("rig dies between two commits");
          kill(how);
          then();
        },
      };
    },
  };
}

/** Everything goes: no process is left, and no file. */
export function scrapRig(rig: SimRig): void {
  if (rig.running !== undefined) rig.running.life.dead = true;
  forgetFolder(rig.dataDir);
  closeBelow(rig.dataDir);
  if (rig.queueDir !== undefined) disownFolder(rig.queueDir);
}

function settingsOf(setup: RigSetup, dataDir: string, queueDir: string | undefined): SpokeSettings {
  const given: Record<string, string> = { hub_url: "http://hub.sim:8080", rig_id: setup.rigId, api_key: setup.key };
  const source = { get: (name: string) => (name in given ? { raw: given[name] ?? "", name } : undefined) };
  return { ...readSpokeSettings([source]), data_dir: dataDir, queue_dir: queueDir, ...setup.settings };
}

/** Four megabytes that nobody writes in place: one file for all rigs, by as many names. */
function lendBallast({ folder }: Fleet, dataDir: string): void {
  const ballast = join(folder, "ballast");
  if (!existsSync(ballast)) writeFileSync(ballast, new Uint8Array(BALLAST_BYTES));
  const own = join(dataDir, "queue.sqlite.ballast");
  mkdirSync(dataDir, { recursive: true });
  if (!existsSync(own)) linkSync(ballast, own);
}

/** The wal-index is memory: it goes with the process. The ballast is never written in place. */
function copyDisk(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  if (!existsSync(from)) return;
  for (const name of readdirSync(from)) {
    if (name.endsWith("-shm") || name === "spoke.lock") continue;
    if (name.endsWith(".ballast")) linkSync(join(from, name), join(to, name));
    else cpSync(join(from, name), join(to, name), { recursive: true });
  }
}
