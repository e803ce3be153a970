import type { Clock } from "../../src/base/clock.ts";
import type { SeedProgress } from "./seed-large.ts";

const WIDTH = 30;
const QUIET_MS = 200;
/** Where nobody can see a line being rewritten, a new one is written this often. */
const LINE_MS = 10_000;
const number = new Intl.NumberFormat("en");

export interface BarOutput {
  readonly isTerminal: boolean;
  write(text: string): void;
}

/** How far each step is: one line that is rewritten, or a line now and then where there is no terminal. */
export function progressBar(clock: Clock, output: BarOutput): (progress: SeedProgress) => void {
  const startedMs = clock.monotonic();
  let shownMs = Number.NEGATIVE_INFINITY;
  let step = "";
  return (progress) => {
    const nowMs = clock.monotonic();
    const isDone = progress.done >= progress.of;
    const quietMs = output.isTerminal ? QUIET_MS : LINE_MS;
    if (progress.step === step && !isDone && nowMs - shownMs < quietMs) return;
    [step, shownMs] = [progress.step, nowMs];
    const line = barLine(progress, (nowMs - startedMs) / 1000);
    output.write(output.isTerminal ? `\r${line}${isDone ? "\n" : ""}` : `${line}\n`);
  };
}

function barLine({ step, done, of }: SeedProgress, seconds: number): string {
  const share = of === 0 ? 1 : Math.min(1, done / of);
  const bar = "█".repeat(Math.round(share * WIDTH)).padEnd(WIDTH, "░");
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  return `${step.padEnd(20)} ${bar} ${percent}  ${number.format(done)} of ${number.format(of)}, ${seconds.toFixed(0)} s`;
}
