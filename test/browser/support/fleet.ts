import { authenticateRig, registerRig } from "../../../src/domain/rigs.ts";
import { recordOutcome } from "../../../src/domain/outcomes.ts";
import type { FleetEvent } from "../../../src/wire/event.ts";
import { ADMIN, uploadOf, type EnrolledRig } from "../../support/domain-hub.ts";
import { fixtureEvents, fixtureOutcomes } from "../../support/fixtures.ts";
import { ADMIN_KEY, type OpenedHub } from "../../support/hub.ts";

const UPLOAD_DELAY_MS = 4000;
/** A driller's answer follows its event by this much; every fourth event has none. */
const ANSWER_MS = 5_400_000;
const UNANSWERED_EVERY = 4;
/** Two days after the last event: some rigs are silent then. */
const END_ISO = "2026-11-24T10:00:00Z";
const LOST_RIG = "NORD-STAR-2";

/** Six rigs with the real events of the fixtures, answers, a curated library, a twin in the quarantine. Repeats itself. */
export async function seedFleet(hub: OpenedHub): Promise<void> {
  const { context, ingest, curator } = hub;
  const events = fixtureEvents();
  context.clock.set(new Date(secondsOf(events[0]) * 1000 - UPLOAD_DELAY_MS).toISOString());
  const rigs = new Map<string, EnrolledRig>();
  for (const event of events) if (!rigs.has(event.rig_id)) rigs.set(event.rig_id, await enrol(hub, event));
  const remarks = fixtureOutcomes();
  for (const [at, event] of events.entries()) {
    const rig = rigs.get(event.rig_id);
    if (rig === undefined) continue;
    context.clock.set(new Date(event.timestamp * 1000 + UPLOAD_DELAY_MS).toISOString());
    await ingest.accept(uploadOf(context, rig, event));
    const remark = remarks[at % remarks.length];
    if (remark === undefined || at % UNANSWERED_EVERY === 0) continue;
    context.clock.set(new Date(event.timestamp * 1000 + ANSWER_MS).toISOString());
    await recordOutcome(context, { rig: rig.identity, eventId: event.id, patch: patchOf(remark) });
  }
  const [first] = events;
  const author = rigs.get(first?.rig_id ?? "");
  if (first !== undefined && author !== undefined) {
    await ingest.accept(uploadOf(context, author, { ...first, depth: (first.depth ?? 0) + 40 }));
  }
  context.clock.set(END_ISO);
  await curator.run("schedule");
  for (const { key } of rigs.values()) await hub.library.answer({ key, acceptsZstd: true });
  await revoke(hub, LOST_RIG);
}

async function revoke({ app }: OpenedHub, rigId: string): Promise<void> {
  const headers = { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" };
  const body = JSON.stringify({ reason: "sold" });
  const url = `http://localhost/api/fleet/rigs/${rigId}/revoke`;
  const reply = await app.handle(new Request(url, { method: "POST", headers, body }));
  if (!reply.ok) throw new Error(`the hub answered ${reply.status} to the revocation`);
}

async function enrol({ context }: OpenedHub, event: FleetEvent): Promise<EnrolledRig> {
  const { rig_id, well_id, field } = event;
  const { api_key: key } = await registerRig(context, { rig_id, well_id, field }, ADMIN);
  return { key, identity: await authenticateRig(context, key), event: () => event };
}

function patchOf({ outcome, notes }: ReturnType<typeof fixtureOutcomes>[number]) {
  if (typeof outcome === "string") return { outcome, action_taken: null, notes };
  return "Resolved" in outcome
    ? { outcome: "Resolved" as const, action_taken: outcome.Resolved.action_taken, notes }
    : { outcome: "Escalated" as const, action_taken: outcome.Escalated.reason, notes };
}

function secondsOf(event: FleetEvent | undefined): number {
  return event?.timestamp ?? 0;
}
