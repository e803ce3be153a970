import { join } from "node:path";
import type { Call, Verb } from "../base/verbs.ts";
import { migrate } from "../db/migrate.ts";
import { ensureAdminKey } from "../domain/admin.ts";
import { createCurator } from "../domain/curation/curator.ts";
import { createIngest } from "../domain/ingest.ts";
import { createLibrary } from "../domain/library.ts";
import { hubSettingTable, type HubSettings } from "../domain/settings.ts";
import { createApp } from "../http/app.ts";
import { createMetrics } from "../http/metrics.ts";
import { parseAddress, serve } from "../http/server.ts";
import { settingFlags, withHub, type Cli, type OpenHub } from "./environment.ts";

const served = (Object.keys(hubSettingTable) as (keyof HubSettings)[]).filter(
  (key) => key !== "admin_key" && key !== "viewer_key",
);

export const serveVerb: Verb<Cli> = {
  name: "serve",
  summary: "run the hub until SIGTERM",
  details:
    "The admin's key is taken from FLEET_ADMIN_KEY; without it the hub makes one at its first start and shows it once.",
  flags: settingFlags(...served),
  examples: [
    "fleet-hub serve",
    "fleet-hub serve --bind-address 10.0.0.1 --port 8080 --database-url postgres:///fleet_hub?host=/run/postgresql",
  ],
  run: (call, cli) => withHub(call, cli, (hub) => run(call, cli, hub)),
};

async function run(_call: Call, cli: Cli, { context, database }: OpenHub): Promise<number> {
  const { settings, log, clock } = context;
  const address = parseAddress(settings.bind_address, settings.port);
  const { applied } = await migrate(database);
  const { shownOnce } = await ensureAdminKey(context);
  if (shownOnce !== undefined) cli.print(`admin key, shown this once: ${shownOnce}`);
  const curator = createCurator(context);
  const ingest = createIngest(context, () => curator.wake());
  const library = createLibrary(context, join(settings.data_dir, "library-cache"));
  const metrics = createMetrics(cli.version);
  const app = await createApp({ context, ingest, library, curator, metrics, version: cli.version });
  const server = serve(app, address, settings.max_payload_bytes, clock);
  if (settings.curation) curator.start();
  log.info("hub.ready", {
    url: server.url,
    version: cli.version,
    database: database.engine,
    zstd: context.zstd.name,
    migrated: applied,
  });
  cli.print(`fleet-hub ${cli.version} is ready at ${server.url}`);
  const signal = await cli.stopRequested;
  log.info("hub.draining", { signal, in_flight: ingest.inFlight });
  const curatorStopped = curator.stop();
  await server.drain(settings.drain_s * 1000);
  await ingest.drain();
  await curatorStopped;
  await library.close();
  log.info("hub.stopped");
  return 0;
}
