import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../fault.ts";
import type { Verb } from "../verbs.ts";
import { writeWhole } from "./folder.ts";

/**
 * What an upgrade has the new release do, so that unit and executable change together: its own units take the place of
 * those that are there. One that was never installed, or comes by a package, is nobody's to bring.
 */
export function unitsVerb(
  program: string,
  units: Readonly<Record<string, string>>,
): Verb<{ readonly print: (line: string) => void }> {
  return {
    name: "units",
    summary: "write the units of this release over those of a folder; upgrade does so by itself",
    arguments: [{ name: "DIR", doc: "where units are, /etc/systemd/system" }],
    flags: [{ name: "dry-run", doc: "only say what would be written" }],
    examples: [`${program} units /etc/systemd/system --dry-run`],
    run: async ({ args, flags }, { print }) => {
      const [folder = ""] = args;
      if (!existsSync(folder)) throw new Fault("usage", `there is no folder ${folder}`, "name /etc/systemd/system");
      const other = Object.entries(units).filter(([name, text]) => isOther(join(folder, name), text));
      const dryRun = flags["dry_run"] === true;
      for (const [name, text] of other) {
        if (!dryRun) writeWhole(join(folder, name), text);
        print(`${dryRun ? "would write" : "wrote"} ${join(folder, name)}`);
      }
      if (other.length === 0) print("unchanged");
      return 0;
    },
  };
}

function isOther(path: string, text: string): boolean {
  return existsSync(path) && readFileSync(path, "utf8") !== text;
}
