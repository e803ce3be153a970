import { systemClock } from "../../../src/base/clock.ts";
import type { TestClock } from "../../support/clock.ts";

/** The machine's time, where a test takes a clock that it could move: nobody moves this one. */
export const realClock: TestClock = { ...systemClock, set() {}, advance() {}, sleepers: 0 };
