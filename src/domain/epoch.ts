import { raiseEpoch } from "../db/backup/rows.ts";
import { currentEpoch } from "../db/offers.ts";
import { audit } from "./audit.ts";
import type { Actor, HubContext } from "./context.ts";

export interface EpochRaised {
  readonly before: string;
  readonly after: string;
}

/**
 * After commits were lost, as when a standby without the last of them was promoted: rigs take the library anew, as
 * versions may mean something else now, and offer again what they have sent. Nothing is counted twice by it.
 */
export async function startNewEpoch(
  context: HubContext,
  actor: Actor,
  reason: string | undefined,
): Promise<EpochRaised> {
  return context.sql.begin(async (tx) => {
    const before = await currentEpoch(tx);
    const after = await raiseEpoch(tx);
    const detail = reason === undefined ? {} : { reason };
    await audit({ ...context, sql: tx }, actor, "epoch.raise", null, {
      before: { epoch: before },
      after: { epoch: after },
      detail,
    });
    return { before, after };
  });
}
