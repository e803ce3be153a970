import { handIn, recall } from "./drive.ts";
import type { Fleet, FleetRig } from "./fleet.ts";
import { drained } from "./until.ts";
import { patch, sendAgain, upload, type Wire } from "./wire.ts";

export interface Burst {
  /** Uploads of each rig without a spoke; a quarter as many outcomes follow. */
  readonly uploads: number;
  /** One after the other, so that the next one comes while the first is curated. */
  readonly inTurn?: boolean;
  /** Events handed in to each spoke. */
  readonly enqueues: number;
}

/** Work of every kind at once. Resolves when each piece has its answer or has lost it. */
export async function burst({ rigs, wires = [] }: Fleet, given: Burst): Promise<void> {
  await Promise.all([
    ...wires.map((wire) => wireBurst(wire, given)),
    ...rigs.map((rig) => rigBurst(rig, given.enqueues)),
  ]);
}

async function wireBurst(wire: Wire, { uploads, inTurn = false }: Burst): Promise<void> {
  const { ledger } = wire;
  const again = sendAgain(wire);
  const lanes = inTurn ? 1 : uploads;
  const events = Array.from({ length: lanes }, async () => {
    for (let nth = 0; nth < uploads / lanes; nth++) await upload(wire, ledger.nextEvent());
  });
  const answers = Array.from({ length: Math.ceil(uploads / 4) }, async () => {
    const answer = ledger.nextAnswer();
    if (answer !== undefined) await patch(wire, answer);
  });
  await Promise.all([again, ...events, ...answers]);
}

async function rigBurst(rig: FleetRig, enqueues: number): Promise<void> {
  if (!rig.daemon.running) return;
  await Promise.all([recall(rig), ...Array.from({ length: enqueues }, () => handIn(rig, rig.ledger.nextEvent()))]);
}

/** Until every rig without a spoke has its answers, or gets none any more. */
export async function settleWires({ wires = [] }: Fleet): Promise<void> {
  for (const wire of wires) {
    const left = await drained(() => sendAgain(wire));
    if (left > 0) wire.ledger.object(`${wire.ledger.rigId}: ${left} events and outcomes were never answered`);
  }
}
