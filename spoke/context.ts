import type { Clock } from "../src/base/clock.ts";
import type { Log } from "../src/base/log.ts";
import type { Net } from "../src/base/net.ts";
import type { Random } from "../src/base/random.ts";
import type { SpokeSettings } from "./settings.ts";

/** All that the rig's executable stands on, passed in. */
export interface SpokeContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly net: Net;
  readonly log: Log;
  readonly settings: SpokeSettings;
}
