import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../support/temporary.ts";

const FOLDER = join(import.meta.dir, "..", "..", "..", "deploy", "systemd");
/** What takes something from the process, or keeps others from what it has. */
const HARDENING =
  /^(?:User|Group|SupplementaryGroups|UMask|\w+DirectoryMode|MemoryMax|TasksMax|Limit\w+|OOMScoreAdjust|NoNewPrivileges|\w*Capabilit\w+|Private\w+|Device\w+|Protect\w+|ProcSubset|Lock\w+|Restrict(?!art)\w+|KeyringMode|RemoveIPC|SystemCall\w+|IPAddress\w+|ReadWritePaths)=/;

/** In place of a value that is also what systemd takes where nothing is said. */
export const BROKEN: Readonly<Record<string, string>> = {
  User: "User=daemon",
  Group: "Group=daemon",
  UMask: "UMask=0000",
  RuntimeDirectoryMode: "RuntimeDirectoryMode=0777",
  AmbientCapabilities: "CapabilityBoundingSet=CAP_CHOWN\nAmbientCapabilities=CAP_CHOWN",
  KeyringMode: "KeyringMode=inherit",
};

/** Says what the other takes along anyway: it is looked at where that other one is taken out by somebody. */
export const BEHIND: Readonly<Record<string, string>> = { DevicePolicy: "PrivateDevices" };

export interface ShippedUnit {
  readonly name: string;
  readonly text: string;
  /** Its lines of hardening, as they stand there. */
  readonly options: readonly string[];
}

export function shippedServices(): ShippedUnit[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".service"));
  return names.map((name) => {
    const text = readFileSync(join(FOLDER, name), "utf8");
    return { name, text, options: text.split("\n").filter((line) => HARDENING.test(line)) };
  });
}

export function keyOf(option: string): string {
  return option.slice(0, option.indexOf("="));
}

/** How systemd itself judges each of the unit's options, without running it. */
export async function judgement(text: string): Promise<string> {
  const file = join(temporaryDirectory(), "judged.service");
  writeFileSync(file, text);
  const child = Bun.spawn(["systemd-analyze", "security", "--offline=true", "--no-pager", "--json=short", file], {
    stderr: "ignore",
  });
  return new Response(child.stdout).text();
}

/** The unit with the probe as its program, and without what needs the rest of the machine. */
export function probing(text: string, name: string): string {
  const kept = text
    .replaceAll(
      /^(?:Condition\w+|OnFailure|StartLimit\w+|Exec\w+|Type|NotifyAccess|Restart\w*|WatchdogSec|Timeout\w+)=.*\n/gm,
      "",
    )
    // Each has folders of its own, as one that ends takes them from the others.
    .replaceAll(/^(State|Runtime)Directory=.*$/gm, `$1Directory=${name}`)
    .replaceAll("%i", "8081");
  return kept.replace(
    "[Service]\n",
    `[Service]\nType=oneshot\nTimeoutStartSec=60\nStandardOutput=truncate:/run/probe/${name}.out\nExecStart=/run/probe/probe.sh\n`,
  );
}
