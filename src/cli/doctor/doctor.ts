import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { compilerRuns } from "../../base/compiler.ts";
import { diskSpace } from "../../base/disk.ts";
import { Fault } from "../../base/fault.ts";
import { fail, judgeCompiler, judgeDisk, ok, warn, type Finding } from "../../base/findings.ts";
import type { Net } from "../../base/net.ts";
import { judgeUnits, type UnitPlaces } from "../../base/unit-drift.ts";
import type { Call, Verb } from "../../base/verbs.ts";
import { fleetFacts, serverFacts } from "../../db/doctor.ts";
import { isOutage, isRefusedUser } from "../../db/errors.ts";
import { healthFacts } from "../../db/health.ts";
import { pendingMigrations } from "../../db/migrate.ts";
import type { HubSettings } from "../../domain/settings.ts";
import { readHandshakes } from "../../domain/tunnel/handshakes.ts";
import { tunnelPeers } from "../../domain/tunnel/publish.ts";
import { parseAddress } from "../../http/server.ts";
import { withHub, type Cli, type OpenHub } from "../environment.ts";
import { runAtHub } from "../lent.ts";
import { judgeFleet, judgeSchema, judgeServer, judgeWork } from "./database.ts";
import { judgeAddress, judgeCredentials, judgeSecretsInFile, judgeService } from "./service.ts";
import { judgeGateway, judgePeers, type GatewayLook, type GatewayPlaces } from "./tunnel.ts";

/** A rig that was not heard of for so long is worth a call. */
const SILENT_MS = 48 * 3600 * 1000;
const RIG_CLOCK_OFF_S = 60;
const SETTLE_TRIES = 8;
const SETTLE_MS = 1000;

/** What a look at this machine stands on beside the settings. */
export interface Surroundings {
  readonly net: Net;
  readonly units: UnitPlaces;
  readonly settingsFile: string;
  readonly secretsFolder: string;
  readonly gateway: GatewayPlaces & GatewayLook;
}

/** Everything that can be told of a hub whose settings are good. Changes nothing. */
export async function examine(call: Call, cli: Cli, settings: HubSettings, around: Surroundings): Promise<Finding[]> {
  const address = parseAddress(settings.bind_address, settings.port);
  const gateway = await judgeGateway(around.gateway, address, around.gateway);
  return [
    judgeCompiler(compilerRuns()),
    judgeDataDir(settings.data_dir),
    judgeDisk(settings.data_dir, await diskSpace(settings.data_dir)),
    // The tunnel's table keeps others out, wherever the hub listens.
    ...(gateway.length === 0 ? [judgeAddress(address)] : gateway),
    await judgeService(around.net, address),
    ...judgeUnits(around.units),
    judgeSecretsInFile(around.settingsFile),
    ...judgeCredentials(around.secretsFolder),
    ...(await databaseFindings(call, cli, settings)),
  ];
}

function judgeDataDir(path: string): Finding {
  if (!existsSync(path)) return warn("data folder", `${path} is not there yet`, "start the hub once");
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return ok("data folder", path);
  } catch {
    return fail("data folder", `${path} cannot be written`, "chown it to the hub's user, or run this as that user");
  }
}

/** For the local door alone: what the running hub says of its own database. */
export const databaseLookVerb: Verb<Cli> = {
  name: "doctor database",
  summary: "look at the database alone",
  run: async (call, cli) => {
    const findings = await withHub(call, cli, (hub) => settledFindings(hub, hub.context.settings));
    cli.print(JSON.stringify(findings));
    return 0;
  },
};

async function databaseFindings(call: Call, cli: Cli, settings: HubSettings): Promise<Finding[]> {
  const ran = await runAtHub(databaseLookVerb.name, { args: [], flags: call.flags }, cli).catch(unlessOlder);
  if (ran !== undefined) return JSON.parse(ran.lines[0] ?? "[]") as Finding[];
  // Opening an embedded database that is not there would make one.
  if (settings.database_url === undefined && !existsSync(join(settings.data_dir, "postgres"))) {
    return [warn("database", "the embedded one is not there yet", "start the hub once")];
  }
  const quiet = { ...cli, writeLog: () => {} };
  try {
    return await withHub(call, quiet, (hub) => settledFindings(hub, settings));
  } catch (error) {
    return [databaseTrouble(error)];
  }
}

/** A running hub of another release does not know what it is asked. */
function unlessOlder(error: unknown): undefined {
  if (error instanceof Fault && error.code === "unavailable") return undefined;
  throw error;
}

/** A gateway follows the database within seconds: only what stays different is a fault. */
async function settledFindings(hub: OpenHub, settings: HubSettings): Promise<Finding[]> {
  for (let tries = 1; ; tries++) {
    const findings = await judgeDatabase(hub, settings);
    if (tries === SETTLE_TRIES || findings.every(({ what, level }) => what !== "peers" || level === "ok"))
      return findings;
    await hub.context.clock.sleep(SETTLE_MS);
  }
}

async function judgeDatabase({ context, database }: OpenHub, settings: HubSettings): Promise<Finding[]> {
  const { sql, clock } = context;
  const server = await serverFacts(sql);
  // The embedded engine syncs by itself, whatever its setting says; and it has one connection.
  const own =
    database.engine === "embedded"
      ? [ok("database", "embedded, answers")]
      : judgeServer(server, settings.database_pool, clock.now());
  const pending = await pendingMigrations(database);
  if (pending.length > 0) return [...own, judgeSchema(pending)];
  const since = { silentBefore: new Date(clock.now() - SILENT_MS), clockOffS: RIG_CLOCK_OFF_S };
  return [
    ...own,
    judgeSchema(pending),
    ...judgeWork(await healthFacts(sql), clock.now()),
    ...judgeFleet(await fleetFacts(sql, since), settings.admin_key !== undefined, clock.now()),
    ...judgePeers(await tunnelPeers(context), readHandshakes(context), clock.now()),
  ];
}

/** Why the database could not be looked at; a hub that has it open is a good reason. */
function databaseTrouble(error: unknown): Finding {
  if (error instanceof Fault && error.code === "unavailable") {
    return ok("database", "embedded, open in the running hub: its System page tells the rest");
  }
  if (error instanceof Fault) return fail("database", error.message, error.hint ?? "see fleet-hub help serve");
  if (isOutage(error)) return fail("database", "cannot be reached", "start it, and look at host and port of the URL");
  const { code } = error instanceof Error && "code" in error ? error : { code: undefined };
  if (isRefusedUser(error)) {
    return fail("database", "refuses the user or the password", "mend /etc/credstore/fleet-hub.database_url or pg_hba");
  }
  if (code === "3D000") return fail("database", "does not exist", "createdb with the name that the URL ends with");
  if (code === "42501") return fail("database", "the user may not do this", "make the hub's user its owner");
  return fail("database", `refuses the hub's query (${String(code)})`, "see the server's log");
}
