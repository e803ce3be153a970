import { temporaryDirectory } from "../../support/temporary.ts";
import { seededRandom } from "../../../src/base/random.ts";
import { hubDaemon, type HubDaemon } from "./hub-daemon.ts";
import { createLedger } from "./ledger.ts";
import { openLink } from "./link.ts";
import type { Tried } from "./row.ts";
import { until } from "./until.ts";
import { upload } from "./wire.ts";

const BEGIN_MS = 60_000;
const FAILURE_MAX = 300;

export interface Ground {
  readonly database: string;
  readonly options: { readonly databaseUrl?: string; readonly dataDir: string };
}

interface Kill {
  /** Whether another hub starts beside it. */
  readonly two: boolean;
  readonly afterMs: number;
  /** From then on the time counts. */
  readonly unpacking?: () => boolean;
}

interface Started {
  readonly hubs: readonly HubDaemon[];
  /** Why a hub did not start, which has to. */
  readonly failed: readonly string[];
}

/** One is killed on its way, and started again; where there are two, the other goes on. */
export async function startThrough(
  { options }: Ground,
  { two, afterMs, unpacking = () => true }: Kill,
): Promise<Started> {
  const killed = await hubDaemon(options);
  const other = two ? await hubDaemon({ ...options, dataDir: temporaryDirectory() }) : undefined;
  const starting = killed.start().catch(() => {});
  const others = other?.start();
  others?.catch(() => {});
  await until("the hub begins", BEGIN_MS, unpacking);
  await Bun.sleep(afterMs);
  await killed.kill();
  await starting;
  const ended = await Promise.allSettled([killed.start(), others]);
  return {
    hubs: [killed, other].flatMap((hub, at) => (hub !== undefined && ended[at]?.status === "fulfilled" ? [hub] : [])),
    failed: ended.flatMap((end) => (end.status === "rejected" ? [String(end.reason).slice(0, FAILURE_MAX)] : [])),
  };
}

export async function takesAnEvent(hubs: readonly HubDaemon[], nth: number): Promise<string[]> {
  const [hub] = hubs;
  if (hub === undefined) return ["no hub is left"];
  const reply = await hub.ask("POST", "/api/fleet/rigs/register", { rig_id: "RIG-9", well_id: "W", field: "F" });
  if (reply.status !== 201) return [`try ${nth}: a rig was refused: ${reply.status} ${await reply.text()}`];
  const { api_key: key } = (await reply.json()) as { api_key: string };
  const link = await openLink();
  link.to(hub.url);
  const ledger = createLedger("RIG-9", seededRandom(nth), Math.floor(Date.now() / 1000));
  const reached = await upload({ link, key, ledger }, ledger.nextEvent());
  link.close();
  return reached === "taken" ? [] : [`try ${nth}: an event was not taken`];
}

export function found(wrong: readonly string[]): Omit<Tried, "faults"> {
  return { lost: [], doubled: [], wrong };
}
