import { authenticateRig, registerRig } from "../../../src/domain/rigs.ts";
import { anEvent } from "../../support/builders.ts";
import { ADMIN, uploadOf } from "../../support/domain-hub.ts";
import type { OpenedHub } from "../../support/hub.ts";

const RIG = { rig_id: "RIG-LIVE-1", well_id: "HALEY 12-7H", field: "Permian Basin" };

export interface LiveRig {
  /** A new event as of now, a second after the one before; returns its id. */
  upload(): Promise<string>;
}

/** A rig that sends while a page is open. */
export async function liveRig({ context, ingest }: OpenedHub): Promise<LiveRig> {
  const { api_key: key } = await registerRig(context, RIG, ADMIN);
  const identity = await authenticateRig(context, key);
  const rig = { key, identity, event: () => anEvent({ rig_id: RIG.rig_id }) };
  return {
    async upload() {
      context.clock.advance(1000);
      const event = anEvent({ rig_id: RIG.rig_id, timestamp: Math.floor(context.clock.now() / 1000) });
      await ingest.accept(uploadOf(context, rig, event));
      return event.id;
    },
  };
}
