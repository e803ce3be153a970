import { join } from "node:path";
import { createClient } from "../../../spoke/client.ts";
import { openMirror } from "../../../spoke/library/mirror.ts";
import { openLibraryStore } from "../../../spoke/library/store.ts";
import { createLibrarySync, type SyncReport } from "../../../spoke/library/sync.ts";
import type { UploadVerdict } from "../../../spoke/verdicts.ts";
import { systemNet } from "../../../src/base/net.ts";
import { encodeEvent } from "../../../src/wire/codec.ts";
import type { FleetEvent } from "../../../src/wire/event.ts";
import type { OutcomePatch } from "../../../src/wire/outcome.ts";
import { anEvent, type DeepPartial } from "../../support/builders.ts";
import { rigContext } from "../../support/rig.ts";
import type { BrowserHub } from "../support/browser-hub.ts";
import { realClock } from "./real-clock.ts";

const EPISODES_MAX = 100_000;
const used = new Map<string, number>();

/** The rig's own software over a real socket. */
export interface RigOverHttp {
  readonly rigId: string;
  /** A new event as of now. */
  event(overrides?: DeepPartial<FleetEvent>): FleetEvent;
  upload(event: FleetEvent): Promise<UploadVerdict>;
  answer(eventId: string, patch: OutcomePatch): Promise<void>;
  sync(): Promise<SyncReport>;
}

export function rigOverHttp({ url, context }: BrowserHub, rigId: string, key: string): RigOverHttp {
  const settings = { hub_url: url, rig_id: rigId, api_key: key };
  const spoke = rigContext({ clock: realClock, net: systemNet, settings });
  const client = createClient(spoke);
  return {
    rigId,
    event(overrides = {}) {
      // Ids are seconds: two events of one second are two ids all the same.
      const now = Math.floor(realClock.now() / 1000);
      const timestamp = Math.max(now - 3600, (used.get(rigId) ?? 0) + 1);
      used.set(rigId, timestamp);
      return anEvent({ timestamp, ...overrides, rig_id: rigId });
    },
    upload: (event) => client.uploadEvent(context.zstd.compress(encodeEvent(event)), event.id),
    async answer(eventId, patch) {
      const verdict = await client.sendOutcome(eventId, patch);
      if (verdict.kind !== "recorded") throw new Error(`the hub answered ${JSON.stringify(verdict)}`);
    },
    async sync() {
      const store = openLibraryStore(join(spoke.settings.data_dir, "library.sqlite"), EPISODES_MAX);
      const parts = { source: client, store, follower: openMirror(store, () => {}) };
      const report = await createLibrarySync(spoke, parts).syncOnce();
      store.close();
      return report;
    },
  };
}
