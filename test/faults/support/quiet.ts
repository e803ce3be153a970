import { handInAgain, recall } from "./drive.ts";
import type { Fleet, FleetRig } from "./fleet.ts";
import { inDatabase } from "./stored.ts";
import { drained } from "./until.ts";

/** Leaves the fleet in peace until nothing waits anywhere; what goes on waiting is told. */
export async function quiet(fleet: Fleet): Promise<string[]> {
  const stuck = [...(await Promise.all(fleet.rigs.map(quietRig))), await curated(fleet)];
  return stuck.flat();
}

async function quietRig(rig: FleetRig): Promise<string[]> {
  const { daemon } = rig;
  await handInAgain(rig);
  const left = await sent(rig);
  await recall(rig);
  const { queue, hub } = await daemon.status();
  return [
    ...(left === 0
      ? []
      : [`${daemon.rigId}: ${left} events and outcomes never left it: ${hub.problem ?? "no problem"}`]),
    ...(queue.refused === 0 ? [] : [`${daemon.rigId}: the hub refused ${queue.refused} events or outcomes`]),
  ];
}

/**
 * Waits until it has nothing more to send; returns what it has all the same. One that waits out an earlier failure is
 * started again: a fresh process tries at once.
 */
export async function sent({ daemon }: FleetRig): Promise<number> {
  return drained(async () => {
    const { queue, hub } = await daemon.status();
    const waiting = queue.pending + queue.outcomes_pending;
    if (waiting > 0 && hub.upload === "waiting") {
      await daemon.kill();
      await daemon.start();
    }
    return waiting;
  });
}

async function curated(fleet: Fleet): Promise<string[]> {
  if (fleet.engine === "embedded") {
    await fleet.hub.stop();
    await fleet.hub.verb("curate");
    await fleet.hub.start();
    return [];
  }
  const left = await inDatabase(fleet, ({ sql }) =>
    drained(async () => {
      const [row] = await sql<{ waiting: number }[]>`
        select count(*)::int as waiting from events where needs_curation and not held`;
      return row?.waiting ?? 0;
    }),
  );
  return left === 0 ? [] : [`${left} events were never curated`];
}
