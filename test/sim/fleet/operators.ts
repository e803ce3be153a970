import { purgeRig } from "../../../src/domain/purge.ts";
import { registerRig, revokeRig } from "../../../src/domain/rigs.ts";
import { rotateRigKey } from "../../../src/domain/rig-keys.ts";
import { Fault } from "../../../src/base/fault.ts";
import type { HubContext } from "../../../src/domain/context.ts";
import type { Dice } from "../kernel/random.ts";
import { HOUR_MS, MINUTE_MS, type Fleet } from "./fleet.ts";
import { startRestores } from "./restore.ts";
import type { SimRig } from "./rig.ts";

export const KEY_OVERLAP_H = 2;
const ADMIN = { name: "admin", address: "local" };
/** What an admin waits for an answer before he tries again. */
const PATIENCE_MS = 2 * MINUTE_MS;

const REPLY_MAX = 64 * 1024 * 1024;

/** What people at the hub do, at any time of the run. */
export function startOperators(fleet: Fleet, dice: Dice): void {
  const { plan, kernel, world } = fleet;
  const once = (
    trouble: Parameters<typeof plan.troubles.has>[0],
    job: (rig: SimRig, own: Dice) => Promise<void>,
  ): void => {
    if (!plan.troubles.has(trouble)) return;
    const own = dice.fork(trouble);
    const rig = own.pick(fleet.rigs);
    kernel.quietly(own.unit() * plan.hours * HOUR_MS, world, () => begin(fleet, () => job(rig, own)));
  };
  once("keys", (rig, own) => rotate(fleet, rig, own));
  once("revocation", (rig, own) => revokeAndMaybeReturn(fleet, rig, own));
  once("purge", (rig, own) => purge(fleet, rig, own));
  if (plan.troubles.has("restore")) startRestores(fleet, dice.fork("restore"));
}

/** Counts as unfinished until it ends. */
export function begin({ jobs, model }: Fleet, job: () => Promise<void>): void {
  jobs.open++;
  void (async () => {
    try {
      await job();
    } catch (error) {
      model.broken(`a person could not do something: ${error instanceof Error ? error.stack : String(error)}`);
    }
    jobs.open--;
  })();
}

/** On any hub that runs, again and again until one has answered. */
async function ask<T>(fleet: Fleet, what: string, act: (context: HubContext) => Promise<T>): Promise<T> {
  const { kernel, world, hubs } = fleet;
  for (;;) {
    const hub = hubs.find(({ running }) => running !== undefined)?.running;
    kernel.note(world, `admin: ${what}`);
    const late = Promise.withResolvers<undefined>();
    kernel.quietly(PATIENCE_MS, world, () => late.resolve(undefined));
    const done = hub === undefined ? undefined : tried(act(hub.context));
    const result = await Promise.race([done ?? late.promise, late.promise]);
    if (result !== undefined && "value" in result) return result.value;
    if (result !== undefined && result.error instanceof Fault) throw result.error;
    await pause(fleet, MINUTE_MS);
  }
}

async function tried<T>(promise: Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}

export function pause({ kernel, world }: Fleet, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  kernel.quietly(ms, world, () => resolve());
  return promise;
}

/** Real waiting belongs into a release: nothing else may happen meanwhile. */
function look({ kernel, world }: Fleet, at: () => Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  kernel.quietly(0, world, async () => {
    await at();
    resolve();
  });
  return promise;
}

/** The old key goes on for hours; the technician comes before that, or after. */
async function rotate(fleet: Fleet, rig: SimRig, dice: Dice): Promise<void> {
  const { rigId } = rig.setup;
  if (!rig.admitted || rig.changing) return;
  rig.changing = true;
  fleet.tally.count("key rotated");
  const old = rig.setup.key;
  const { api_key } = await ask(fleet, `rotate ${rigId}`, (context) => rotateRigKey(context, rigId, ADMIN));
  const sure = KEY_OVERLAP_H * HOUR_MS + HOUR_MS;
  fleet.kernel.quietly(sure, fleet.world, () => {
    fleet.model.keyEnded(old);
    tryKey(fleet, old);
  });
  await pause(fleet, dice.int(0, 2 * KEY_OVERLAP_H * HOUR_MS));
  await install(fleet, rig, api_key);
  rig.changing = false;
}

/** Somebody else has the key too. */
function tryKey(fleet: Fleet, key: string): void {
  const url = "http://hub.sim:8080/api/fleet/library/stats";
  const request = {
    method: "GET",
    url,
    headers: { Authorization: `Bearer ${key}` },
    maxReplyBytes: REPLY_MAX,
  } as const;
  const life = { name: "thief", dead: false };
  fleet.tally.count("ended key tried");
  void fleet.net
    .of(life.name, life)
    .send(request, MINUTE_MS)
    .catch(() => undefined);
}

/** A key is typed in, and the spoke starts again with it. */
async function install(fleet: Fleet, rig: SimRig, key: string): Promise<void> {
  rig.setup.key = key;
  fleet.kernel.note(fleet.world, `new key for ${rig.setup.rigId}`);
  if (rig.running === undefined) return;
  rig.kill("killed");
  await rig.boot();
}

async function revokeAndMaybeReturn(fleet: Fleet, rig: SimRig, dice: Dice): Promise<void> {
  if (rig.changing) return;
  rig.changing = true;
  await revoke(fleet, rig);
  await comeBack(fleet, rig, dice);
}

async function revoke(fleet: Fleet, rig: SimRig): Promise<void> {
  const { rigId } = rig.setup;
  fleet.tally.count("rig revoked");
  await ask(fleet, `revoke ${rigId}`, (context) => revokeRig(context, rigId, ADMIN));
  fleet.kernel.note(fleet.world, `${rigId} is revoked`);
  fleet.model.keyEnded(rig.setup.key);
  tryKey(fleet, rig.setup.key);
  rig.admitted = false;
  await look(fleet, () => fleet.model.frozen(fleet, rigId));
}

async function comeBack(fleet: Fleet, rig: SimRig, dice: Dice): Promise<void> {
  const { rigId } = rig.setup;
  if (dice.chance(0.3)) return;
  await pause(fleet, dice.int(0, 6 * HOUR_MS));
  fleet.model.thawed(rigId);
  const place = { rig_id: rigId, well_id: "W", field: "F" };
  const key = await ask(fleet, `register ${rigId}`, (context) => keyOf(context, place));
  rig.admitted = true;
  await install(fleet, rig, key);
  rig.changing = false;
}

/** A registration whose answer was lost has been made: its key is made anew. */
async function keyOf(context: HubContext, place: { rig_id: string; well_id: string; field: string }): Promise<string> {
  try {
    return (await registerRig(context, place, ADMIN)).api_key;
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "already_registered") throw error;
    return (await rotateRigKey(context, place.rig_id, ADMIN)).api_key;
  }
}

async function purge(fleet: Fleet, rig: SimRig, dice: Dice): Promise<void> {
  if (rig.changing) return;
  rig.changing = true;
  const { rigId } = rig.setup;
  await revoke(fleet, rig);
  fleet.tally.count("rig purged");
  await look(fleet, () => fleet.model.purged(fleet, rigId));
  await ask(fleet, `purge ${rigId}`, (context) => purgeRig(context, rigId, ADMIN));
  await look(fleet, () => fleet.model.frozen(fleet, rigId));
  await comeBack(fleet, rig, dice);
}
