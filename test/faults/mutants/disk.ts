import type { FaultMutant } from "./mutant.ts";

/** Of the rows about disks, bits, bytes and links. */
export const DISK_MUTANTS: readonly FaultMutant[] = [
  {
    row: "flipped-bits",
    name: "no seal is looked at",
    product: "fleet-spoke",
    inProcess: true,
    file: "spoke/queue/seal.ts",
    find: "return seal instanceof Uint8Array && sameBytes(seal, sealOf(values, body));",
    replace: "return seal !== undefined || sameBytes(new Uint8Array(), sealOf(values, body));",
    times: 200,
  },
  {
    row: "flipped-bits",
    name: "a log is read up to its first damage only",
    product: "fleet-spoke",
    inProcess: true,
    file: "spoke/files.ts",
    find: "      mendLog(logFile(context));\n",
    replace: "      void mendLog;\n",
    times: 200,
  },
  {
    row: "damaged-bytes",
    name: "any answer of that status counts, whatever it is about",
    product: "fleet-spoke",
    inProcess: true,
    file: "spoke/verdicts.ts",
    find: 'if (isRecord(json) && json["id"] === id) {',
    replace: "if (isRecord(json) && id !== undefined) {",
    times: 400,
  },
  {
    row: "power-cut",
    name: "the queue does not wait for the disk",
    product: "fleet-spoke",
    file: "spoke/queue/database.ts",
    find: "if (isWhole(db) && hasOurSchema(db)) return db;",
    replace:
      'if (isWhole(db) && hasOurSchema(db)) {\n      db.run("pragma synchronous = off");\n      return db;\n    }',
    times: 12,
  },
  {
    row: "full-disk",
    name: "an event that found no room is acknowledged",
    product: "fleet-spoke",
    file: "spoke/queue/intake.ts",
    find: 'if (error instanceof Fault && error.code === "queue_full") leaveReceipt(store, candidate);\n    throw error;',
    replace:
      'if (error instanceof Fault && error.code === "queue_full") return { id: candidate.event.id, status: "queued" };\n    void leaveReceipt;\n    throw error;',
    times: 12,
  },
  {
    row: "partition",
    name: "what got no answer counts as sent",
    product: "fleet-spoke",
    file: "spoke/verdicts.ts",
    find: 'return { kind: "wait", reason: fault.message };',
    replace: 'return (fault.message === "" ? { kind: "wait", reason: "" } : { kind: "accepted" }) as Refusal;',
    times: 40,
  },
];
