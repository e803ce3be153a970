import { rmSync } from "node:fs";
import { Fault } from "../base/fault.ts";
import { writeSmallFile } from "../base/small-file.ts";
import type { Call, Verb } from "../base/verbs.ts";
import { migrate } from "../db/migrate.ts";
import { acceptRequest } from "../domain/tunnel/accept.ts";
import { createEnrolFile, FILE_LIFETIME_S_MAX, type EnrolFileForm } from "../domain/tunnel/enrol-file.ts";
import { parseAddress } from "../http/server.ts";
import { enrolFileText, readEnrolFile, type EnrolFile } from "../wire/enrol-file.ts";
import { cliActor, databaseFlags, settingFlags, withHub, type Cli } from "./environment.ts";
import { lent, runAtHub } from "./lent.ts";
import * as flags from "./tunnel/flags.ts";

const HUB_URL = /^https?:\/\/[\w.:[\]-]+$/;

const NAME = "rig enroll";
const PRINTED = "-";

const enrollVerb: Verb<Cli> = {
  name: NAME,
  summary: "write the file that makes one machine this rig, once",
  details:
    "It holds an address in the tunnel, a one-use code and a peer that may enrol and nothing else; the rig's own keys are\n" +
    "made on the rig and never leave it. A second use of the file is refused and told.",
  arguments: [{ name: "RIG", doc: "the rig's id, like RIG-7" }],
  flags: [
    { name: "well", value: "WELL", doc: "its well" },
    { name: "field", value: "FIELD", doc: "its field or asset" },
    { name: "time-zone", value: "ZONE", doc: "the crew's clock, like America/Chicago (UTC)" },
    { name: "out", value: "FILE", doc: "where to write it, for its owner alone; - prints it" },
    { name: "expires", value: "TIME", doc: "how long it is good: 90m, 24h, 7d (24h)" },
    { name: "no-tunnel", doc: "a code alone, for a rig that reaches --hub otherwise" },
    { name: "hub", value: "URL", doc: "with --no-tunnel: the hub as the rig reaches it" },
    flags.keepaliveFlag,
    flags.hubPortFlag,
    flags.dryRunFlag,
    flags.jsonFlag,
    ...settingFlags("wg_pool"),
    ...databaseFlags,
  ],
  examples: ['fleet-hub rig enroll RIG-7 --well "WOLFCAMP 24H" --field "Permian Basin" --out rig-7.enroll'],
  run: async (call, cli) => {
    const registration = {
      rig_id: call.args[0] ?? "",
      well_id: flags.needed(call, "well"),
      field: flags.needed(call, "field"),
      time_zone: flags.text(call, "time_zone"),
    };
    const [out, form] = [flags.needed(call, "out"), fileForm(call)];
    if (call.flags["dry_run"] === true) {
      cli.print(`database: a code for ${registration.rig_id}, good for ${form.lifetimeMs / 60_000} minutes`);
      cli.print(`write ${out} 0600`);
      return 0;
    }
    const make = () =>
      withHub(call, cli, async ({ context, database }) => {
        await migrate(database);
        const { bind_address, port } = context.settings;
        // Port 0 is any, as tests take it.
        const own = parseAddress(bind_address, port).port || form.hubPort;
        const hubPort = flags.text(call, "hub_port") === undefined ? own : form.hubPort;
        return enrolFileText(await createEnrolFile(context, registration, { ...form, hubPort }, cliActor));
      });
    if (out === PRINTED) return printed((await make()).trimEnd(), cli);
    // Before the code is made: one that cannot be written down is of no use to anybody.
    writeSmallFile(out, "", 0o600);
    try {
      const ran = await runAtHub(NAME, { ...call, flags: { ...call.flags, out: PRINTED } }, cli);
      const text = ran === undefined ? await make() : `${ran.lines.join("\n")}\n`;
      writeSmallFile(out, text, 0o600);
      return printed(writtenText(readEnrolFile(Buffer.from(text)), out, call.flags["json"] === true), cli);
    } catch (error) {
      rmSync(out);
      throw error;
    }
  },
};

const acceptVerb: Verb<Cli> = {
  name: "rig accept",
  summary: "enrol a rig without a way here, by the line that fleet-spoke enroll --offline printed",
  details: "The line proves that the rig's code made it and opens nothing else: it may be read aloud.",
  arguments: [{ name: "LINE", doc: "fleet1.…" }],
  flags: [flags.jsonFlag, ...databaseFlags],
  run: (call, cli) =>
    withHub(call, cli, async ({ context, database }) => {
      await migrate(database);
      const enrolled = await acceptRequest(context, call.args[0] ?? "", cliActor);
      cli.print(call.flags["json"] === true ? JSON.stringify(enrolled) : `rig ${enrolled.rig_id} is enrolled`);
      return 0;
    }),
};

export const rigEnrollVerbs: readonly Verb<Cli>[] = [enrollVerb, lent(acceptVerb)];

function fileForm(call: Call): EnrolFileForm {
  const hubUrl = call.flags["no_tunnel"] === true ? flags.needed(call, "hub").replace(/\/+$/, "") : undefined;
  if (hubUrl !== undefined && !HUB_URL.test(hubUrl)) {
    throw new Fault("usage", "--hub is no address of a hub", "give one like https://hub.example");
  }
  return {
    lifetimeMs: flags.durationMs(call, "expires", "24h", FILE_LIFETIME_S_MAX),
    hubUrl,
    hubPort: flags.hubPort(call),
    keepaliveS: flags.keepaliveS(call),
  };
}

function writtenText({ rig_id, tunnel, expires_at }: EnrolFile, out: string, json: boolean): string {
  const address = tunnel?.address ?? null;
  if (json) return JSON.stringify({ rig_id, address, expires_at, file: out });
  return [
    `${out} makes one machine rig ${rig_id}, once, until ${expires_at}`,
    ...(address === null ? [] : [`its address in the tunnel: ${address}`]),
    `carry it to the rig and run there: fleet-spoke enroll ${out.split("/").at(-1)}`,
  ].join("\n");
}

function printed(text: string, { print }: Cli): number {
  print(text);
  return 0;
}
