import { systemClock } from "../../../src/base/clock.ts";
import { systemNotify } from "../../../src/base/notify.ts";
import { keepWatchdog } from "../../../src/base/watchdog.ts";

/** Tells the socket of its environment that it is ready, then pings for as long as the words say. */
const notify = systemNotify(process.env);
notify.send("READY=1", "STATUS=ready");
const stop = new AbortController();
const watching = keepWatchdog({
  notify,
  clock: systemClock,
  probe: process.argv[2] === "hangs" ? () => new Promise(() => {}) : () => Promise.reject(new Error("away")),
  signal: stop.signal,
});
await systemClock.sleep(900);
stop.abort();
await watching;
