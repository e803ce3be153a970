import type { FaultMutant } from "./mutant.ts";

export const RIG_MUTANTS: readonly FaultMutant[] = [
  {
    row: "spoke-kill",
    name: "an event is acknowledged before it is on disk",
    product: "fleet-spoke",
    file: "spoke/spoke-api.ts",
    find: "    enqueue: (event) => queue.enqueue(event),",
    replace: `    enqueue: (event) => {
      setTimeout(() => queue.enqueue(event), 20);
      const { id } = JSON.parse(new TextDecoder().decode(event)) as { id: string };
      return { id, status: "queued" };
    },`,
    times: 60,
  },
  {
    row: "spoke-kill",
    name: "an event is marked as sent before the hub has answered",
    product: "fleet-spoke",
    file: "spoke/upload-round.ts",
    find: "  const verdict = await client.uploadEvent(",
    replace: "  queue.markSent(event.id);\n  const verdict = await client.uploadEvent(",
    times: 60,
  },
  {
    row: "replies",
    name: "a replay is taken for a refusal",
    product: "fleet-spoke",
    file: "spoke/verdicts.ts",
    find: 'json["status"] === "already_exists") return { kind: "already_exists" };',
    replace:
      'json["status"] === "already_exists") return { kind: "refused", code: "conflict", reason: "it is there" };',
    times: 60,
  },
  {
    row: "golden",
    name: "a refusal without a code is none",
    product: "fleet-spoke",
    file: "spoke/verdicts.ts",
    find: "if (reason === undefined || !isRecord(json)) return undefined;",
    replace: 'if (reason === undefined || !isRecord(json) || json["code"] === undefined) return undefined;',
    times: 1,
  },
  {
    row: "golden",
    name: "an answer without a body is none, whichever hub gives it",
    product: "fleet-spoke",
    file: "spoke/spoke.ts",
    find: "syncedAt !== undefined && epoch === undefined",
    replace: "syncedAt === undefined && epoch === undefined",
    times: 1,
  },
];
