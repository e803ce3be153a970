/**
 * The simulated fleet: `bun test/sim/main.ts --from N --seeds M`, or `--seed N` for one run and its trace's hash
 * (`--trace` for all of it). Ends with 1 when a seed breaks a promise.
 */
import { parseArgs } from "node:util";
import { loadProduct } from "./kernel/load.ts";
import { diceOf } from "./kernel/random.ts";
import { takeOverRealTime } from "./kernel/real-time.ts";
import { SMALL_LIMITS } from "./kernel/small.ts";
import { inWorkers } from "./workers.ts";
import { mutantNamed } from "./mutants/mutants.ts";

process.env["TMPDIR"] = "/dev/shm";
const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    from: { type: "string", default: "1" },
    seeds: { type: "string", default: "100" },
    workers: { type: "string", default: "1" },
    /** Seeds with commas between them. */
    list: { type: "string" },
    /** Each seed again, and its trace must be the same. */
    twice: { type: "boolean", default: false },
    /** No new seed is begun after so many seconds. */
    seconds: { type: "string" },
    mutant: { type: "string" },
    trace: { type: "boolean", default: false },
    "stop-at-first": { type: "boolean", default: false },
  },
});

if (Number(values.workers) > 1) {
  const seconds = values.seconds === undefined ? [] : ["--seconds", values.seconds];
  process.exit((await inWorkers(Number(values.workers), seedsAsked(), seconds)) === 0 ? 0 : 1);
}

loadProduct([...SMALL_LIMITS, ...(values.mutant === undefined ? [] : [mutantNamed(values.mutant)])]);
const { startDatabase } = await import("./kernel/database.ts");
const { runSeed } = await import("./run-seed.ts");
const { report } = await import("./report.ts");
const { START_MS } = await import("./fleet/fleet.ts");
const database = await startDatabase();
takeOverRealTime(diceOf(1, "real time"), START_MS);

const failed = await report(seedsAsked(), (seed) => runSeed(database, seed, true), {
  one: values.seed !== undefined,
  trace: values.trace,
  twice: values.twice,
  stopAtFirst: values["stop-at-first"],
  mutant: values.mutant,
  seconds: Number(values.seconds ?? Infinity),
});
process.exit(failed === 0 ? 0 : 1);

function seedsAsked(): number[] {
  if (values.seed !== undefined) return [Number(values.seed)];
  if (values.list !== undefined) return values.list.split(",").map(Number);
  return Array.from({ length: Number(values.seeds) }, (_, nth) => Number(values.from) + nth);
}
