import { expect, test } from "bun:test";
import { join } from "node:path";
import { FOUND_SEEDS } from "./found-seeds.ts";

/** Real time, for a process of its own: the simulation takes the runtime's timers over. */
const TEST_MS = 120_000;

async function simulate(...given: string[]): Promise<{ code: number; told: string }> {
  const main = join(import.meta.dir, "main.ts");
  const child = Bun.spawn([process.execPath, main, ...given], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const told = await new Response(child.stdout).text();
  return { code: await child.exited, told };
}

test(
  "a seed gives the same trace twice, and seeds that broke a promise once keep it now",
  async () => {
    const seeds = [2, 3, ...FOUND_SEEDS.map(({ seed }) => seed)];
    const { code, told } = await simulate("--list", seeds.join(","), "--twice");
    expect(told).toContain(`${seeds.length} of ${seeds.length} seeds, 0 failed`);
    expect(code).toBe(0);
  },
  TEST_MS,
);

test(
  "a wrong turn is found, and told with the command that repeats it",
  async () => {
    const { code, told } = await simulate(
      "--mutant",
      "no-tombstone",
      "--from",
      "1",
      "--seeds",
      "60",
      "--stop-at-first",
    );
    expect(told).toContain("again: npm run sim -- --mutant no-tombstone --seed");
    expect(code).toBe(1);
  },
  TEST_MS,
);
