import { Fault } from "../../src/base/fault.ts";
import { isRecord } from "../../src/base/json.ts";
import type { SpokeContext } from "../context.ts";
import { CONFIG_FLAG, readJsonFile, settingsOf, type SpokeVerb, type VerbContext } from "./context.ts";
import { withQueue } from "./direct.ts";
import { acceptedJson, callLocalSpoke } from "./local-spoke.ts";

export const enqueueVerb: SpokeVerb = {
  name: "enqueue",
  summary: "put events into the queue, from files",
  details:
    "Each file holds one FleetEvent as plain JSON; - reads standard input. The spoke that runs takes them; when none\n" +
    "runs they go straight into its queue on disk, which is safe at any time, and leave with its next start.",
  arguments: [{ name: "FILE", doc: "an event as JSON, or - for standard input", many: true }],
  flags: [CONFIG_FLAG],
  examples: ["fleet-spoke enqueue RIG-1-1794187658.json", "cat event.json | fleet-spoke enqueue -"],
  async run({ args, flags }, context) {
    const spoke = context.contextOf(settingsOf(flags, context), "problems");
    let failed = 0;
    for (const file of args) failed += await enqueueFile(file, spoke, context);
    return failed === 0 ? 0 : 1;
  },
};

/** Returns 1 when the file was not taken: the others still are. */
async function enqueueFile(file: string, spoke: SpokeContext, context: VerbContext): Promise<number> {
  try {
    const body = await readJsonFile(file, context);
    const reply = await callLocalSpoke(spoke, { method: "POST", path: "/api/v1/events", body });
    const taken = reply === undefined ? withQueue(spoke, (queue) => queue.enqueue(body)) : acceptedJson(reply);
    const { id, status } = isRecord(taken) ? taken : {};
    context.print(`${file}: ${String(id)} ${status === "queued" ? "queued" : "was queued already"}`);
    return 0;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    context.print(`${file}: refused, ${error.sentence}`);
    return 1;
  }
}
