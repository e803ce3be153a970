import { encodeEvent } from "../../src/wire/codec.ts";
import { OUTCOME_NAMES } from "../../src/wire/vocabulary.ts";
import { registerRig } from "../../src/domain/rigs.ts";
import { recordOutcome } from "../../src/domain/outcomes.ts";
import { keyHash } from "../../src/base/api-key.ts";
import { anEvent } from "./builders.ts";
import { ADMIN } from "./domain-hub.ts";
import type { OpenedHub } from "./hub.ts";

const FIRST_SECOND = 1_790_000_000;
/** Past the gap that parts sessions. */
const APART_S = 700;
const RIGS = 3;

/** A hub with something in nearly every table: rigs, events, texts of every alphabet, outcomes, a conflict, episodes. */
export async function fillHub({ context, ingest, curator }: OpenedHub, events: number): Promise<void> {
  const rigs = await Promise.all(
    Array.from({ length: RIGS }, async (_, at) => {
      const rig_id = `RIG-${at + 1}`;
      const { api_key } = await registerRig(context, { rig_id, well_id: "W “1” \\", field: "Пермь\n盆地" }, ADMIN);
      return { rigId: rig_id, keyHash: keyHash(api_key) };
    }),
  );
  for (let first = 0; first < events; first += 30) {
    const group = Array.from({ length: Math.min(30, events - first) }, (_, at) => upload(rigs, first + at));
    await Promise.all(group.map((each) => ingest.accept(each)));
  }
  for (let at = 0; at < events; at += 5) await answer({ context, rigs, at });
  await ingest.accept(upload(rigs, 0, "told otherwise"));
  await curator.run("request");

  function upload(all: typeof rigs, at: number, notes: string | null = at % 3 === 0 ? `½ “note” \\ ${at}\n\t` : null) {
    const rig = all[at % RIGS] ?? { rigId: "", keyHash: new Uint8Array(0) };
    const timestamp = FIRST_SECOND + at * APART_S;
    const event = {
      ...anEvent({ rig_id: rig.rigId, timestamp, depth: 0.1 + at, notes }),
      extra: { deep: [1e-7, null] },
    };
    const json = encodeEvent(event);
    return { rig, event, json, frame: context.zstd.compress(json) };
  }
}

async function answer({
  context,
  rigs,
  at,
}: {
  context: OpenedHub["context"];
  rigs: readonly { rigId: string; keyHash: Uint8Array }[];
  at: number;
}): Promise<void> {
  const rig = rigs[at % RIGS];
  if (rig === undefined) return;
  const outcome = OUTCOME_NAMES[at % OUTCOME_NAMES.length] ?? "Pending";
  const eventId = `${rig.rigId}-${FIRST_SECOND + at * APART_S}`;
  await recordOutcome(context, { rig, eventId, patch: { outcome, action_taken: "réduire WOB", notes: null } });
}
