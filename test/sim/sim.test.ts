import { expect, test } from "bun:test";
import { join } from "node:path";
import { FOUND_SEEDS } from "./found-seeds.ts";

/** A process of its own, as the simulation takes the runtime's timers over: some seconds on a machine that is free. */
const TEST_MS = 300_000;
/** A small fleet with hardly any trouble. */
const SMALL_SEED = 28;

test(
  "a seed gives the same trace twice, and seeds that broke a promise once keep it now",
  async () => {
    const seeds = [...new Set([SMALL_SEED, ...FOUND_SEEDS.map(({ seed }) => seed)])];
    const given = ["--list", seeds.join(","), "--twice"];
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "main.ts"), ...given], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    const told = await new Response(child.stdout).text();
    expect(told).toContain(`${seeds.length} of ${seeds.length} seeds, 0 failed`);
    expect(await child.exited).toBe(0);
  },
  TEST_MS,
);
