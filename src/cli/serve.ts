import { join } from "node:path";
import { extendStart } from "../base/notify.ts";
import { writeSmallFile } from "../base/small-file.ts";
import type { Call, Verb } from "../base/verbs.ts";
import { keepWatchdog } from "../base/watchdog.ts";
import { reachable } from "../db/health.ts";
import type { HubContext } from "../domain/context.ts";
import { directLive } from "../domain/backup/live.ts";
import { createCurator, type Curator } from "../domain/curation/curator.ts";
import { createIngest, type Ingest } from "../domain/ingest.ts";
import { createLibrary, type Library } from "../domain/library.ts";
import { isBalanced, newReadiness, type Readiness } from "../domain/readiness.ts";
import { hubSettingTable, type HubSettings } from "../domain/settings.ts";
import { createTunnelPublisher, type TunnelPublisher } from "../domain/tunnel/publish.ts";
import { createApp } from "../http/app.ts";
import { createMetrics } from "../http/metrics.ts";
import { parseAddress, serveWhenThere, type RunningServer } from "../http/server.ts";
import { readTls } from "../http/tls.ts";
import { curateVerb } from "./curate.ts";
import { databaseLookVerb } from "./doctor/doctor.ts";
import { runnerOf } from "./lent.ts";
import { openLocalDoor } from "./local-door.ts";
import { prepare, prepareLater, withoutDeadline, type Prepared } from "./prepare.ts";
import { settingFlags, withHub, type Cli, type OpenHub } from "./environment.ts";
import { rigEnrollVerbs } from "./rig-enroll.ts";
import { epochVerbs } from "./epoch.ts";
import { rigVerbs } from "./rig.ts";
import { wgVerbs } from "./tunnel/wg.ts";

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

/** What the hub does for who may enter its data directory, as it alone may have the database open. */
const LENT: readonly Verb<Cli>[] = [
  databaseLookVerb,
  curateVerb,
  ...epochVerbs,
  ...rigVerbs,
  ...rigEnrollVerbs,
  ...wgVerbs,
].filter(
  // These are for root and touch no database.
  ({ name }) => name !== "wg apply" && name !== "wg key",
);

/** A balancer that asks every half second has seen by then that it should send nothing more. */
const BALANCER_MS = 2000;

async function run(_call: Call, cli: Cli, hub: OpenHub): Promise<number> {
  const { context, database } = hub;
  const { settings, log, clock } = context;
  const address = parseAddress(settings.bind_address, settings.port);
  const tls = readTls(settings);
  const prepared = await withoutDeadline(cli.notify, clock, () => prepare(hub));
  // Before it listens: at the tunnel's address it can listen only once the gateway has been told, and opened the tunnel.
  const publisher = tunnelPublisher(context);
  publisher?.start();
  const parts = await createParts(hub, cli.version);
  const server = await serveWhenThere(parts.app, {
    address,
    maxPayloadBytes: settings.max_payload_bytes,
    clock,
    tls,
    waiting: () => extendStart(cli.notify),
  });
  cli.onReload(() => renewCertificate(server, context));
  const stopping = new AbortController();
  const watchdog = keepWatchdog({
    notify: cli.notify,
    clock,
    probe: () => reachable(context.sql),
    signal: stopping.signal,
  });
  const begun = begin(hub, cli, parts, prepared, stopping.signal);
  const live = directLive(context, database.engine);
  const shutDoor = openLocalDoor(settings.data_dir, live, log, runnerOf(LENT, cli, hub));
  log.info("hub.ready", { url: server.url, version: cli.version, database: database.engine, zstd: context.zstd.name });
  cli.print(`fleet-hub ${cli.version} is ready at ${server.url}`);
  cli.notify.send("READY=1", `STATUS=serving at ${server.url}`);
  const signal = await Promise.race([cli.stopRequested, begun.then(() => cli.stopRequested)]);
  cli.notify.send("STOPPING=1", "STATUS=finishing what runs");
  log.info("hub.draining", { signal, in_flight: parts.ingest.inFlight });
  await shutDoor();
  await stop(hub, parts, server);
  stopping.abort();
  await Promise.all([watchdog, begun, publisher?.stop()]);
  log.info("hub.stopped");
  return 0;
}

/** Only the machine with a gateway has somebody to tell. */
function tunnelPublisher(context: HubContext): TunnelPublisher | undefined {
  const { wg_peers_file: path } = context.settings;
  if (path === undefined) return undefined;
  // Root reads it without any right to read other people's files.
  return createTunnelPublisher(context, (peers) => writeSmallFile(path, `${JSON.stringify(peers)}\n`, 0o644));
}

/** The files of a certificate are read again; others need a restart. What is wrong changes nothing. */
function renewCertificate(server: RunningServer, { settings, log }: HubContext): void {
  try {
    const tls = readTls(settings);
    if (tls !== undefined) server.renew(tls);
    log.info("hub.reloaded", { certificate: settings.tls_cert ?? null });
  } catch (error) {
    log.error("hub.certificate_refused", { error: error instanceof Error ? error.message : String(error) });
  }
}

interface Parts {
  readonly app: Awaited<ReturnType<typeof createApp>>;
  readonly curator: Curator;
  readonly ingest: Ingest;
  readonly library: Library;
  readonly readiness: Readiness;
}

async function createParts({ context }: OpenHub, version: string): Promise<Parts> {
  const curator = createCurator(context);
  const ingest = createIngest(context, () => curator.wake());
  const library = createLibrary(context, join(context.settings.data_dir, "library-cache"));
  const readiness = newReadiness();
  const metrics = createMetrics(version);
  const app = await createApp({ context, ingest, library, curator, metrics, readiness, version });
  return { app, curator, ingest, library, readiness };
}

/** A hub whose database is away serves all the same, 503 by 503, and becomes whole when it comes. Faults: as `migrate`. */
async function begin(
  hub: OpenHub,
  cli: Cli,
  { curator, readiness }: Parts,
  prepared: Prepared | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { settings, log } = hub.context;
  if (prepared === undefined) {
    log.warn("hub.database_away");
    readiness.reason = "the database was away when this hub started; it is looked for every second";
  }
  const done = prepared ?? (await prepareLater(hub, signal));
  if (done === undefined) return;
  if (prepared === undefined) readiness.reason = null;
  if (done.shownOnce !== undefined) cli.print(`admin key, shown this once: ${done.shownOnce}`);
  log.info("hub.prepared", { migrated: done.applied });
  if (settings.curation && !signal.aborted) curator.start();
}

/** Tells the balancer, lets what runs finish, and gives the rest up at the deadline: a rig sends again what it must. */
async function stop({ context }: OpenHub, parts: Parts, server: RunningServer): Promise<void> {
  const { clock, settings, log } = context;
  const deadlineMs = settings.drain_s * 1000;
  const until = clock.monotonic() + deadlineMs;
  parts.readiness.reason = "this hub is stopping";
  const curatorStopped = parts.curator.stop();
  if (isBalanced(context, parts.readiness)) await clock.sleep(Math.min(BALANCER_MS, deadlineMs));
  await server.drain(Math.max(0, until - clock.monotonic()));
  const rest = Promise.all([parts.ingest.drain(), curatorStopped]).then(() => parts.library.close());
  const late = new AbortController();
  const inTime = await Promise.race([
    rest.then(() => true),
    clock.sleep(Math.max(0, until - clock.monotonic()), late.signal).then(() => false),
  ]);
  late.abort();
  if (!inTime) log.warn("hub.stop_deadline", { deadline_s: settings.drain_s });
}
