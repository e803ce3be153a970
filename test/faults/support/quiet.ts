import { handInAgain, recall } from "./drive.ts";
import type { Fleet, FleetRig } from "./fleet.ts";
import { inDatabase } from "./stored.ts";

/** A queue or a backlog that has not become shorter for so long never will. */
const STUCK_MS = 30_000;
const LOOK_EVERY_MS = 20;

/** Leaves the fleet in peace until nothing waits anywhere; what goes on waiting is told. */
export async function quiet(fleet: Fleet): Promise<string[]> {
  const stuck = [...(await Promise.all(fleet.rigs.map(quietRig))), await curated(fleet)];
  return stuck.flat();
}

/** A rig whose uploader waits out an earlier failure is started again: a fresh process tries at once. */
async function quietRig(rig: FleetRig): Promise<string[]> {
  const { daemon } = rig;
  await handInAgain(rig);
  const left = await drained(async () => {
    const { queue, hub } = await daemon.status();
    const waiting = queue.pending + queue.outcomes_pending;
    if (waiting > 0 && hub.upload === "waiting") {
      await daemon.kill();
      await daemon.start();
    }
    return waiting;
  });
  await recall(rig);
  const { queue, hub } = await daemon.status();
  return [
    ...(left === 0
      ? []
      : [`${daemon.rigId}: ${left} events and outcomes never left it: ${hub.problem ?? "no problem"}`]),
    ...(queue.refused === 0 ? [] : [`${daemon.rigId}: the hub refused ${queue.refused} events or outcomes`]),
  ];
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

/** Resolves with what still waits once nothing does, or once it has stopped becoming less. */
async function drained(waiting: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let since = performance.now(); performance.now() - since < STUCK_MS; await Bun.sleep(LOOK_EVERY_MS)) {
    const now = await waiting();
    if (now === 0) return 0;
    if (now < least) since = performance.now();
    least = Math.min(least, now);
  }
  return least;
}
