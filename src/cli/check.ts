import type { Verb } from "../base/verbs.ts";
import { parseAddress } from "../http/server.ts";
import { hubSettings, settingFlags, type Cli } from "./environment.ts";

export const checkVerb: Verb<Cli> = {
  name: "check",
  summary: "read all settings and say what is wrong; touches nothing",
  flags: settingFlags("database_url", "data_dir", "bind_address", "port"),
  examples: ["fleet-hub check && systemctl restart fleet-hub"],
  run: async (call, cli) => {
    const settings = hubSettings(call, cli);
    const { hostname, port } = parseAddress(settings.bind_address, settings.port);
    const database = settings.database_url === undefined ? `embedded in ${settings.data_dir}` : "PostgreSQL";
    cli.print(`settings are good: ${hostname} port ${port}, database ${database}`);
    return 0;
  },
};
