/** npm run test:faults -- flipped-bits: bits of the queue's and the library's files turn over while nobody looks. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom, unitInterval, type Random } from "../../src/base/random.ts";
import { liveOn } from "./bits/life.ts";
import { copyOf, healthyRig } from "./bits/rig.ts";
import { row } from "./support/row.ts";

const FLIPS = 2000;
const SEED = 9_001;
/** The shared index of a log is made anew at each start, and a ballast is there to be deleted. */
const FILES = /\.sqlite(-wal)?$|reoffer\.json$/;
const HEADER_BYTES = 4096;
const BURST_BYTES = 64;
const BITS_MAX = 48;

row("flipped-bits", { full: FLIPS }, async (times) => {
  const healthy = await healthyRig();
  const hits = new Map<string, number>();
  const found = { lost: [] as string[], doubled: [], wrong: [] as string[] };
  for (let nth = -1; nth < times; nth++) {
    const random = seededRandom(SEED + nth);
    const folder = copyOf(healthy.folders[random.u32() % healthy.folders.length] ?? "");
    const flipped = nth < 0 ? "nothing" : flip(folder, random);
    const { findings, became } = await liveOn(folder, healthy);
    hits.set(became, (hits.get(became) ?? 0) + 1);
    for (const { kind, what } of findings) found[kind].push(`seed ${SEED + nth}, ${flipped}: ${what}`);
  }
  return { faults: times, hits, ...found };
});

/** Mostly one bit; otherwise a burst, as a bad sector leaves, or bits all over the file. */
function flip(folder: string, random: Random): string {
  const names = readdirSync(folder).filter((name) => FILES.test(name));
  const name = names[random.u32() % names.length] ?? "";
  const path = join(folder, name);
  const bytes = readFileSync(path);
  if (bytes.byteLength === 0) return `${name} is empty`;
  const kind = random.u32() % 4;
  const reach = kind === 0 ? Math.min(HEADER_BYTES, bytes.byteLength) : bytes.byteLength;
  const start = Math.floor(unitInterval(random) * reach);
  const count = random.u32() % 5 < 3 ? 1 : 2 + (random.u32() % BITS_MAX);
  for (let bit = 0; bit < count; bit++) {
    const spread = kind === 3 ? random.u32() % bytes.byteLength : start + (random.u32() % BURST_BYTES);
    const at = (bit === 0 ? start : spread) % bytes.byteLength;
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (random.u32() % 8)), at);
  }
  writeFileSync(path, bytes);
  return `${count} bits of ${name} from ${start}`;
}
