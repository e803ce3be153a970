import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CATEGORIES } from "../../../src/wire/vocabulary.ts";
import type { Answer } from "../model/model.ts";
import type { NumberedEvent } from "./events.ts";
import { MINUTE_MS, type Fleet } from "./fleet.ts";
import type { SimRig } from "./rig.ts";

/** Tries of the rig software and of a driller before they give up: beyond any downtime of a run. */
const TRIES_MAX = 400;

/** The rig software has an event: it goes into the folder, or to the spoke's address until that has taken it. */
export async function offer(fleet: Fleet, rig: SimRig, event: NumberedEvent): Promise<void> {
  fleet.model.offered(event);
  if (rig.queueDir === undefined) return enqueue(fleet, rig, event, TRIES_MAX);
  const name = `${event.id.replaceAll(/[^\w-]/g, "_")}-${event.sim_nth}.json`;
  const beside = join(rig.queueDir, `${name}.part`);
  writeFileSync(beside, JSON.stringify(event));
  renameSync(beside, join(rig.queueDir, name));
  fleet.model.enqueued(event, undefined);
}

async function enqueue(fleet: Fleet, rig: SimRig, event: NumberedEvent, tries: number): Promise<void> {
  const { model, tally } = fleet;
  const reply = await local(fleet, rig, "POST", "/api/v1/events", event);
  if (reply === undefined) {
    if (tries === 0) return model.broken(`${event.id} was never taken`);
    return later(fleet, rig, () => enqueue(fleet, rig, event, tries - 1));
  }
  // Who hands it in is told, so that neither of the two is a loss.
  if (reply.status === 507) return tally.count("event refused by a full queue");
  if (reply.status === 409) return tally.count("advisory told differently");
  if (reply.status >= 300) return model.broken(`${event.id} was refused: ${JSON.stringify(reply.json)}`);
  model.enqueued(event, (reply.json as { id: string }).id);
}

/** Says it until it is heard, and then comes what is said next. */
export async function acknowledge(
  fleet: Fleet,
  rig: SimRig,
  said: { readonly event: NumberedEvent; readonly answer: Answer },
  then: () => void,
  tries = TRIES_MAX,
): Promise<void> {
  const { model } = fleet;
  const { event, answer } = said;
  const body = {
    ticket_timestamp: event.advisory.timestamp,
    acknowledged_by: "driller",
    notes: answer.notes,
    action_taken: answer.action,
  };
  const reply = await local(fleet, rig, "POST", "/api/v1/advisory/acknowledge", body);
  if (reply === undefined && tries > 0) {
    return later(fleet, rig, () => acknowledge(fleet, rig, said, then, tries - 1));
  }
  if (reply?.status !== 200) return model.broken(`an answer to ${event.id} was not taken: ${JSON.stringify(reply)}`);
  model.answered(event, answer);
  then();
}

/** Whatever the state of the link: where the rig has something, the answer is not empty. */
export async function askRecall(fleet: Fleet, rig: SimRig): Promise<void> {
  const { model, tally } = fleet;
  const category = rig.dice.pick(CATEGORIES);
  const reply = await local(fleet, rig, "POST", "/api/v1/recall", { category, text: "kick", max_results: 5 });
  if (reply === undefined) return;
  tally.count("recall asked");
  const found = (reply.json as { precedents?: unknown[] }).precedents?.length;
  if (reply.status !== 200 || found === undefined) {
    return model.broken(`${rig.setup.rigId} does not recall: ${JSON.stringify(reply.json)}`);
  }
  const held = await local(fleet, rig, "GET", "/api/v1/status", undefined);
  const { library } = (held?.json ?? {}) as { library?: { episodes?: number } };
  if ((library?.episodes ?? 0) > 0 && found === 0) model.broken(`${rig.setup.rigId} has episodes and recalls none`);
}

function later({ kernel, world }: Fleet, rig: SimRig, again: () => Promise<void>): void {
  kernel.quietly(rig.dice.int(1000, 5 * MINUTE_MS), world, again);
}

interface LocalReply {
  readonly status: number;
  readonly json: unknown;
}

/** Undefined when the spoke is down, or dies before it has answered. */
async function local(
  { kernel }: Fleet,
  { running }: SimRig,
  method: string,
  path: string,
  value: unknown,
): Promise<LocalReply | undefined> {
  if (running === undefined) return undefined;
  const headers = { "content-type": "application/json" };
  const body = value === undefined ? {} : { body: JSON.stringify(value), headers };
  const reply = await running.spoke.handle(new Request(`http://127.0.0.1:8790${path}`, { method, ...body }));
  const json: unknown = await reply.json();
  if (running.life.dead) return undefined;
  kernel.note(running.life, `${reply.status} to ${path}`);
  return { status: reply.status, json };
}
