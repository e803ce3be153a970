import { Fault } from "../../base/fault.ts";
import { lockCurationMark, markForCuration } from "../../db/dashboard/event.ts";
import { audit } from "../audit.ts";
import type { Actor, HubContext } from "../context.ts";
import { noSuchEvent } from "../dashboard/event.ts";

/** Marks an event, so that the next run curates it afresh. Faults: `not_found`, `conflict` while it is in quarantine. */
export async function askForCuration({ sql, clock }: HubContext, actor: Actor, id: string): Promise<void> {
  await sql.begin(async (tx) => {
    const mark = await lockCurationMark(tx, id);
    if (mark === undefined) throw await noSuchEvent({ sql: tx }, id);
    if (mark.held) throw new Fault("conflict", "a quarantined event is not curated", "decide about it first");
    await markForCuration(tx, id);
    const { needs_curation, curation_error } = mark;
    await audit({ sql: tx, clock }, actor, "event.recurate", id, { before: { needs_curation, curation_error } });
  });
}
