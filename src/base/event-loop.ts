import { monitorEventLoopDelay } from "node:perf_hooks";

const NS_PER_S = 1e9;
/** Often enough to see what people notice, rarely enough to cost nothing at rest. */
const RESOLUTION_MS = 100;

/** How long whatever waits had to wait for its turn. */
export interface EventLoopLag {
  /** The worst since it was last asked. */
  worstS(): number;
}

/** Does not keep the process alive. */
export function watchEventLoop(): EventLoopLag {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  return {
    worstS() {
      const worst = delays.max / NS_PER_S;
      delays.reset();
      return Number.isFinite(worst) ? Math.max(0, worst) : 0;
    },
  };
}
