/**
 * The simulated fleet: `bun test/sim/main.ts --from N --seeds M`, or `--seed N` for one run and its trace.
 * Ends with 1 when a seed breaks a promise.
 */
import { parseArgs } from "node:util";
import { loadProduct } from "./kernel/load.ts";
import { diceOf } from "./kernel/random.ts";
import { takeOverRealTime } from "./kernel/real-time.ts";

process.env["TMPDIR"] = "/dev/shm";
const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    from: { type: "string", default: "1" },
    seeds: { type: "string", default: "100" },
    mutant: { type: "string" },
    trace: { type: "boolean", default: false },
    "stop-at-first": { type: "boolean", default: false },
  },
});

const edits: never[] = [];
loadProduct(edits);
const { startDatabase } = await import("./kernel/database.ts");
const { runSeed } = await import("./run-seed.ts");
const { report } = await import("./report.ts");
const { START_MS } = await import("./fleet/fleet.ts");
const database = await startDatabase();
takeOverRealTime(diceOf(1, "real time"), START_MS);
const first = Number(values.seed ?? values.from);
const runs = values.seed === undefined ? Number(values.seeds) : 1;
const seeds = Array.from({ length: runs }, (_, nth) => first + nth);
const failed = await report(seeds, (seed) => runSeed(database, seed, true), {
  one: values.seed !== undefined,
  trace: values.trace,
  stopAtFirst: values["stop-at-first"],
});
process.exit(failed === 0 ? 0 : 1);
