import { chownSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../src/base/fault.ts";
import { loadSettings } from "../load-settings.ts";
import type { VerbContext } from "../verbs/context.ts";
import { pullDirectly, pullLine } from "../verbs/sync.ts";

/** A gateway applies a new peer within seconds; WireGuard itself tries again every five. */
const TRIES = 6;
const PAUSE_MS = 2000;
/** Each pull has deadlines of its own; these are for a tunnel that is not there yet. */
const WORTH_A_TRY: ReadonlySet<string> = new Set(["unavailable", "timeout", "overloaded"]);

/** The library at once, so that the rig can recall before its service runs. A line about it; never a fault. */
export async function firstPull(config: string, context: VerbContext): Promise<string> {
  const spoke = context.contextOf(loadSettings(config, context), "problems");
  for (let tried = 1; ; tried++) {
    try {
      const line = pullLine(await pullDirectly(spoke));
      keepOwner(spoke.settings.data_dir);
      return line;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (tried === TRIES || !WORTH_A_TRY.has(error.code))
        return `no library yet (${error.message}): the service pulls it`;
      await spoke.clock.sleep(PAUSE_MS, context.stopping);
    }
  }
}

/** Root pulled, and the service reads: the files are whose the folder is. */
function keepOwner(folder: string): void {
  const { uid, gid } = statSync(folder);
  if (uid === process.getuid?.()) return;
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }))
    chownSync(join(folder, name), uid, gid);
}
