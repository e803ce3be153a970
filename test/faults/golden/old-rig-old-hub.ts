import type { Tried } from "../support/row.ts";
import { goldenLibrary, oldRig } from "./files.ts";
import { startOldHub } from "./old-hub.ts";
import { sendAsOldRig } from "./old-rig.ts";

/** The golden files fit each other: what the others are measured against. */
export async function oldRigOldHub(): Promise<Tried> {
  const hub = startOldHub();
  try {
    const { sends, pulls, polls } = oldRig();
    const wrong: string[] = [];
    for (const request of [...sends, ...pulls, ...polls]) {
      const answered = await sendAsOldRig(request, { url: hub.url, key: "k", clockS: 0 });
      if (answered.reads !== request.reads) wrong.push(`old, old: ${request.path} reads ${answered.reads}`);
      if (answered.library !== undefined && !Bun.deepEquals(answered.library, goldenLibrary()))
        wrong.push("old, old: the library is not the golden one");
      wrong.push(...answered.wrong);
    }
    const taken = new Set(sends.filter(({ reads }) => reads === "accepted").map(({ event = "" }) => event));
    const lost = [...taken].filter((id) => !hub.events.has(id));
    const faults = sends.length + pulls.length + polls.length;
    return { faults, hits: new Map([["old rig, old hub", faults]]), lost, doubled: [], wrong };
  } finally {
    await hub.close();
  }
}
