import { expect, test } from "bun:test";
import { createLoops } from "../../spoke/loops.ts";
import type { SpokeParts } from "../../spoke/spoke-api.ts";
import { recordingLog } from "../support/recording-log.ts";
import { rigContext } from "../support/rig.ts";

/** A spoke of which only the uploader does something, and that fails as told, once a call. */
function spokeWhoseUploaderFails(...errors: readonly Error[]) {
  const log = recordingLog();
  const context = rigContext({ log });
  const left = [...errors];
  let runs = 0;
  const idle = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
  const run = (signal: AbortSignal): Promise<void> => {
    runs++;
    const error = left.shift();
    return error === undefined ? idle(signal) : Promise.reject(error);
  };
  const parts = { uploader: { run }, sync: { run: idle } } as Partial<SpokeParts> as SpokeParts;
  return { context, log, loops: createLoops(context, parts), runs: () => runs };
}

const diskFull = (): Error => Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });

test("a full disk ends no loop: it is told, and tried again later", async () => {
  const { context, log, loops, runs } = spokeWhoseUploaderFails(diskFull(), diskFull());
  loops.start();
  await Bun.sleep(0);
  expect([runs(), log.events]).toEqual([1, ["spoke.disk_full"]]);
  for (const wanted of [2, 3]) {
    context.clock.advance(60_000);
    await Bun.sleep(0);
    expect(runs()).toBe(wanted);
  }
  await loops.stop();
});

test("what no waiting mends ends the spoke", async () => {
  const { loops } = spokeWhoseUploaderFails(new Error("our own bug"));
  loops.start();
  expect(loops.crashed).rejects.toThrow("our own bug");
});
