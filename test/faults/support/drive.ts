import type { FleetEvent } from "../../../src/wire/event.ts";
import type { FleetRig } from "./fleet.ts";
import type { Answer } from "./ledger.ts";

/** What became of a request to a rig: `gone` when its process died before it replied. */
export type Fate = "taken" | "gone";

/** One event to the rig's own address. What is taken is remembered; throws when it is refused. */
export async function handIn({ daemon, ledger }: FleetRig, event: FleetEvent): Promise<Fate> {
  const reply = await answered(() => daemon.ask("POST", "/api/v1/events", event));
  if (reply === "gone") return "gone";
  if (reply.status !== 200 && reply.status !== 201) throw new Error(`enqueue answered ${reply.status}: ${reply.text}`);
  ledger.took(event, (JSON.parse(reply.text) as { id: string }).id);
  return "taken";
}

export async function answer({ daemon, ledger }: FleetRig, given: Answer): Promise<Fate> {
  const reply = await answered(() => daemon.ask("POST", "/api/v1/advisory/acknowledge", given.acknowledgment));
  if (reply === "gone") return "gone";
  if (reply.status !== 200) throw new Error(`acknowledge answered ${reply.status}: ${reply.text}`);
  ledger.tookAnswer(given);
  return "taken";
}

/** As the rig software does after a start: what was not acknowledged is handed in again. */
export async function handInAgain(rig: FleetRig): Promise<void> {
  for (const event of rig.ledger.unsure) await handIn(rig, event);
  for (const given of rig.ledger.unsureAnswers) await answer(rig, given);
}

/** Recall answers at any time, link or not; throws when it does not. */
export async function recall({ daemon }: FleetRig): Promise<void> {
  const reply = await answered(() => daemon.ask("GET", "/api/v1/recall?query=torque+pack-off+stick-slip"));
  if (reply !== "gone" && reply.status !== 200) throw new Error(`recall answered ${reply.status}: ${reply.text}`);
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

/** A reply that was cut off in its middle is none. */
async function answered(ask: () => Promise<Response>): Promise<Reply | "gone"> {
  try {
    const reply = await ask();
    return { status: reply.status, text: await reply.text() };
  } catch {
    return "gone";
  }
}
