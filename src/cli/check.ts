import { Fault } from "../base/fault.ts";
import { findingLine, findingsCode, ok, type Finding } from "../base/findings.ts";
import type { Call, Verb } from "../base/verbs.ts";
import { parseAddress } from "../http/server.ts";
import { readTls } from "../http/tls.ts";
import { settingFindings } from "./doctor.ts";
import { hubSettings, settingFlags, type Cli } from "./environment.ts";

export const checkVerb: Verb<Cli> = {
  name: "check",
  summary: "read all settings and say what is wrong; touches nothing",
  flags: [{ name: "json", doc: "print JSON" }, ...settingFlags("database_url", "data_dir", "bind_address", "port")],
  examples: ["fleet-hub check && systemctl restart fleet-hub"],
  run: async (call, cli) => {
    const findings = settingsLook(call, cli);
    if (call.flags["json"] === true) cli.print(JSON.stringify(findings));
    else for (const finding of findings) cli.print(findingLine(finding));
    return findingsCode(findings);
  },
};

function settingsLook(call: Call, cli: Cli): Finding[] {
  try {
    const settings = hubSettings(call, cli);
    const { hostname, port } = parseAddress(settings.bind_address, settings.port);
    const database = settings.database_url === undefined ? `embedded in ${settings.data_dir}` : "PostgreSQL";
    const tls = readTls(settings) === undefined ? "" : ", HTTPS";
    return [ok("settings", `${hostname} port ${port}${tls}, database ${database}`)];
  } catch (error) {
    if (error instanceof Fault && error.code === "config") return settingFindings(error);
    throw error;
  }
}
