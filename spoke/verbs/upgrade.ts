import { rmSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../src/base/fault.ts";
import { isRecord, parseJson } from "../../src/base/json.ts";
import { MIB } from "../../src/base/limits.ts";
import { UPGRADE_ARGUMENTS, UPGRADE_FLAGS, upgradeFlags } from "../../src/base/release/flags.ts";
import { forgetTakenBack, linkedVersion, takenBack, type ReleaseFolder } from "../../src/base/release/folder.ts";
import { runUpgrade, type UpgradeSetup } from "../../src/base/release/run.ts";
import type { Look } from "../../src/base/release/watch.ts";
import type { SpokeContext } from "../context.ts";
import { FAILURES_MAX, fetchRelease, noteFailure, noteTakenBack, tellFailure, type Fetched } from "../upgrade/fetch.ts";
import { askOffer } from "../upgrade/source.ts";
import { SPOKE_VERSION } from "../version.ts";
import { CONFIG_FLAG, settingsOf, textFlag, type SpokeVerb, type VerbContext } from "./context.ts";

const PRODUCT = "fleet-spoke";
const LOOK_DEADLINE_MS = 3000;

export const upgradeVerb: SpokeVerb = {
  name: "upgrade",
  summary: "fetch the release that the hub has for this rig and put it in place, or take it back",
  details:
    "Without FILE the release comes from the hub, in pieces, within the day's budget: run it again and it goes on. A\n" +
    "release that does not prove itself is taken back, and the hub is told.",
  arguments: UPGRADE_ARGUMENTS,
  flags: [...UPGRADE_FLAGS, { name: "again", doc: "try a release that was given up" }, CONFIG_FLAG],
  examples: [
    "fleet-spoke upgrade",
    "fleet-spoke upgrade fleet-spoke-0.2.0-linux-arm64.zst",
    "fleet-spoke upgrade --rollback",
  ],
  async run(call, verb) {
    const flags = upgradeFlags(call, PRODUCT);
    const context = verb.contextOf(settingsOf(call.flags, verb), "problems");
    const setup = setupOf({ flags, config: textFlag(call.flags, "config") }, context, verb);
    if (flags.file !== undefined || flags.rollback !== undefined) return runUpgrade(setup, flags.file);
    if (flags.dryRun) return foretell(context, verb);
    const folder = join(context.settings.data_dir, "upgrade");
    const installed = linkedVersion({ root: flags.root, product: PRODUCT }, "current") ?? SPOKE_VERSION;
    const again = call.flags["again"] === true;
    heedTakenBack({ root: flags.root, product: PRODUCT }, folder, again);
    const fetched = await fetchRelease(context, { folder, installed, again });
    if (fetched.kind !== "ready") return waiting(fetched, installed, verb);
    return install(setup, folder, fetched.file, context);
  },
};

function heedTakenBack(releases: ReleaseFolder, folder: string, again: boolean): void {
  if (again) forgetTakenBack(releases);
  const before = takenBack(releases);
  if (before !== undefined) noteTakenBack(folder, before.to);
}

async function foretell(context: SpokeContext, { print }: VerbContext): Promise<number> {
  const { version, files } = await askOffer(context, undefined);
  print(version === undefined ? "the hub has no release for this rig" : `would fetch release ${version}, one of:`);
  for (const { name, bytes } of files) print(`  ${name}  ${bytes} bytes`);
  return 0;
}

interface Words {
  readonly flags: UpgradeSetup["flags"];
  readonly config: string | undefined;
}

function setupOf({ flags, config }: Words, context: SpokeContext, verb: VerbContext): UpgradeSetup {
  return {
    product: PRODUCT,
    flags,
    trials: [
      { name: "check", words: ["check", "--settings-only", ...(config === undefined ? [] : ["--config", config])] },
    ],
    before: [],
    look: () => look(context),
    environment: verb.environment,
    clock: context.clock,
    print: verb.print,
  };
}

/** What the hub gave is not kept: a failed release is not tried again, and a good one stands among the releases. */
async function install(setup: UpgradeSetup, folder: string, file: string, context: SpokeContext): Promise<number> {
  try {
    const code = await runUpgrade(setup, file);
    if (code !== 0) noteFailure(folder, "it was rolled back", FAILURES_MAX);
    return code;
  } catch (error) {
    if (error instanceof Fault) noteFailure(folder, error.message);
    throw error;
  } finally {
    await tellFailure(context, folder);
    rmSync(file, { force: true });
    rmSync(`${file}.minisig`, { force: true });
  }
}

function waiting(fetched: Exclude<Fetched, { kind: "ready" }>, installed: string, { print }: VerbContext): number {
  if (fetched.kind === "none") print(`unchanged: ${installed} is what the hub has for this rig`);
  else print(`${fetched.version}: ${fetched.have} of ${fetched.bytes} bytes are here, the day's budget is used`);
  return 0;
}

/** The running spoke, by its own address. The hub's refusals and outages say nothing about the release. */
async function look({ net, settings }: SpokeContext): Promise<Look> {
  const { hostname, port } = settings.listen;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const url = `http://${host}:${port}/api/v1/status`;
  try {
    const reply = await net.send({ method: "GET", url, headers: {}, maxReplyBytes: MIB }, LOOK_DEADLINE_MS);
    const json = reply.status === 200 ? parseJson(reply.body) : undefined;
    if (!isRecord(json)) return { ready: false, reason: `it answers ${reply.status}` };
    return { ready: true, version: String(json["version"]) };
  } catch (error) {
    if (error instanceof Fault) return { ready: false, reason: `it does not answer: ${error.message}` };
    throw error;
  }
}
