import { isRecord } from "../../src/base/json.ts";
import { lockDataDir } from "../data-lock.ts";
import type { SpokeContext } from "../context.ts";
import { createClient } from "../client.ts";
import { openSpokeLibrary } from "../files.ts";
import { openMirror } from "../library/mirror.ts";
import { createLibrarySync } from "../library/sync.ts";
import { CONFIG_FLAG, JSON_FLAG, settingsOf, type SpokeVerb } from "./context.ts";
import { mkdirSync } from "node:fs";
import { acceptedJson, callLocalSpoke } from "./local-spoke.ts";

/** A first pull over a slow link takes minutes; each page has a deadline of its own. */
const DEADLINE_MS = 3_600_000;

export const syncVerb: SpokeVerb = {
  name: "sync",
  summary: "pull the library now",
  details:
    "The spoke that runs does it; when none runs, the library's file is brought up to date directly, under the same\n" +
    "lock that keeps two spokes off one data directory. A pull that is cut goes on where it was.",
  flags: [CONFIG_FLAG, JSON_FLAG],
  examples: ["fleet-spoke sync"],
  async run({ flags }, context) {
    const spoke = context.contextOf(settingsOf(flags, context), "problems");
    const reply = await callLocalSpoke(spoke, { method: "POST", path: "/api/v1/sync", deadlineMs: DEADLINE_MS });
    const report = reply === undefined ? await pullDirectly(spoke) : acceptedJson(reply);
    context.print(flags["json"] === true ? JSON.stringify(report) : pullLine(report));
    return 0;
  },
};

/** Where no spoke runs. Faults: `conflict` or as the lock says, when one does. */
export async function pullDirectly(spoke: SpokeContext): Promise<unknown> {
  mkdirSync(spoke.settings.data_dir, { recursive: true, mode: 0o700 });
  const lock = lockDataDir(spoke.settings.data_dir);
  const store = openSpokeLibrary(spoke);
  try {
    const follower = openMirror(store, () => {});
    return await createLibrarySync(spoke, { source: createClient(spoke), store, follower }).syncOnce();
  } finally {
    store.close();
    lock.release();
  }
}

/** What a pull did, for people. */
export function pullLine(report: unknown): string {
  const { version, taken, removed, pages, took_ms } = isRecord(report) ? report : {};
  const what = `${String(taken)} taken, ${String(removed)} removed`;
  return `library version ${String(version)}: ${what}, ${String(pages)} pages in ${String(took_ms)} ms`;
}
