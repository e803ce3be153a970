import { keepWatchdog } from "../../src/base/watchdog.ts";
import { createSpoke } from "../spoke.ts";
import { SPOKE_VERSION } from "../version.ts";
import { CONFIG_FLAG, settingsOf, type SpokeVerb } from "./context.ts";

/** How long running requests and transactions may take once the process was asked to stop. */
const STOP_DEADLINE_MS = 20_000;

export const runVerb: SpokeVerb = {
  name: "run",
  summary: "run the spoke: queue, upload, library, recall and the rig's own address, in one process",
  flags: [CONFIG_FLAG],
  examples: [
    "fleet-spoke run --config /etc/fleet-spoke/fleet.toml",
    "FLEET_HUB_URL=http://10.88.0.1:8080 FLEET_RIG_ID=RIG-7 FLEET_API_KEY=… FLEET_DATA_DIR=./rig-7 fleet-spoke run",
  ],
  async run({ flags }, verb) {
    const settings = settingsOf(flags, verb);
    const context = verb.contextOf(settings, "all");
    const { clock, log } = context;
    const spoke = await createSpoke(context);
    try {
      const server = verb.serve(settings.listen, (request) => spoke.handle(request));
      spoke.start();
      verb.notify.send("READY=1", `STATUS=answering at ${server.url}`);
      log.info("spoke.ready", { url: server.url, rig_id: settings.rig_id, version: SPOKE_VERSION });
      const watching = keepWatchdog({
        notify: verb.notify,
        clock,
        probe: () => spoke.handle(new Request(`${server.url}/api/v1/status`)),
        signal: verb.stopping,
      });
      await Promise.race([spoke.crashed, aborted(verb.stopping)]);
      await watching;
      verb.notify.send("STOPPING=1", "STATUS=finishing what runs");
      log.info("spoke.stopping");
      await server.stop(clock.sleep(STOP_DEADLINE_MS));
    } finally {
      await spoke.stop();
    }
    log.info("spoke.stopped");
    return 0;
  },
};

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  else signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
