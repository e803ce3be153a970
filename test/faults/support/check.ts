import { canonicalDigest } from "./canonical.ts";
import { ledgersOf, type Fleet, type FleetRig } from "./fleet.ts";
import type { Spread } from "./ledger.ts";
import { quiet } from "./quiet.ts";
import type { Findings } from "./row.ts";
import { inDatabase, storedFindings } from "./stored.ts";

const SYNCS_MAX = 5;

/**
 * The invariant, whole: leaves the fleet in peace until it is quiet, then compares rigs, hub and what was given. Every
 * part of the fleet has to be running, and none is afterwards.
 */
export async function checkFleet(fleet: Fleet, spread: Spread = "apart"): Promise<Findings> {
  const wrong = await quiet(fleet);
  wrong.push(...ledgersOf(fleet).flatMap(({ objections }) => objections));
  for (const rig of fleet.rigs) {
    wrong.push(...(await mirrorFindings(fleet, rig)));
    if (spread === "apart") wrong.push(...outcomesIn(fleet, rig));
  }
  await Promise.all(fleet.rigs.map(({ daemon }) => daemon.kill()));
  await Promise.all(fleet.hubs.map((hub) => hub.stop()));
  const stored = await inDatabase(fleet, storedFindings);
  if (spread === "together") wrong.push(...(await curatedAnew(fleet)));
  return { ...stored, wrong: [...stored.wrong, ...wrong] };
}

/** What several curators made of the events is what one makes of them alone. */
async function curatedAnew(fleet: Fleet): Promise<string[]> {
  await inDatabase(fleet, ({ sql }) => sql`update events set needs_curation = true`);
  const run = JSON.parse(await fleet.hub.verb("curate")) as Record<string, number>;
  return ["episodes_created", "episodes_changed", "events_failed"]
    .filter((count) => run[count] !== 0)
    .map((count) => `a curator alone finds ${count} ${run[count]}`);
}

/** The rig's library is the hub's for it. */
async function mirrorFindings(fleet: Fleet, rig: FleetRig): Promise<string[]> {
  for (let turn = 1; ; turn++) {
    const reply = await rig.daemon.ask("POST", "/api/v1/sync");
    const said = await reply.text();
    const found = reply.status === 200 ? await differences(fleet, rig) : [`${rig.daemon.rigId}: sync: ${said}`];
    // The hub may have gone on between the two looks: what stays is what counts.
    if (found.length === 0 || turn === SYNCS_MAX) return found;
  }
}

async function differences(fleet: Fleet, { daemon, key }: FleetRig): Promise<string[]> {
  const reply = await fetch(`${fleet.hub.url}/api/fleet/library`, {
    headers: { Authorization: `Bearer ${key}`, "Accept-Encoding": "identity" },
  });
  const { episodes } = (await reply.json()) as { episodes: { id: string }[] };
  const hub = new Map(episodes.map((episode) => [episode.id, canonicalDigest(episode)]));
  const mirror = daemon.library();
  const differing = [...hub].filter(([id, digest]) => canonicalDigest(mirror.get(id) ?? null) !== digest);
  const extra = [...mirror.keys()].filter((id) => !hub.has(id));
  return [
    ...differing.map(([id]) => `${daemon.rigId}: episode ${id} is not as the hub has it`),
    ...extra.map((id) => `${daemon.rigId}: episode ${id} is not in the hub's library`),
  ];
}

/** It says of each event of others what their drillers said. */
function outcomesIn(fleet: Fleet, { daemon, ledger: own }: FleetRig): string[] {
  const mirror = daemon.library();
  const others = ledgersOf(fleet).filter((ledger) => ledger !== own);
  return others.flatMap(({ acknowledged, outcomes }) =>
    [...acknowledged.keys()].flatMap((id) => {
      const episode = mirror.get(`${id}-episode`) as { outcome: unknown } | undefined;
      if (episode === undefined) return [`${daemon.rigId}: has no episode of ${id}`];
      const given = outcomes.get(id) ?? "Pending";
      const same = canonicalDigest(episode.outcome) === canonicalDigest(given);
      return same ? [] : [`${daemon.rigId}: ${id} is ${JSON.stringify(episode.outcome)}, not ${JSON.stringify(given)}`];
    }),
  );
}
