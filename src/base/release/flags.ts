import { Fault } from "../fault.ts";
import type { Argument, Call, Flag } from "../verbs.ts";

export const UPGRADE_ARGUMENTS: readonly Argument[] = [
  { name: "FILE", doc: "the release, with its signature FILE.minisig beside it", optional: true },
];

export const UPGRADE_FLAGS: readonly Flag[] = [
  { name: "patch", value: "FILE", doc: "the release as a patch to the installed one, with its signature beside it" },
  { name: "rollback", doc: "go back to the release before" },
  { name: "if-pending", doc: "with --rollback: only where an upgrade has not proved itself" },
  { name: "root", value: "DIR", doc: "where the releases are (/usr/lib/ and the program's name)" },
  {
    name: "key",
    value: "FILE",
    doc: "public keys of who makes releases (/usr/share/, the program's name, release.pub)",
  },
  { name: "restart-with", value: "FILE", doc: "a program that restarts the service, instead of systemctl" },
  { name: "units-with", value: "FILE", doc: "a program that is given the executable to write the units of" },
  {
    name: "unit-dir",
    value: "DIR",
    doc: "where the units are, which go back with their release (/etc/systemd/system)",
  },
  { name: "ready-within", value: "SECONDS", doc: "how long the release may take until it is ready (60)" },
  { name: "watch", value: "SECONDS", doc: "how long it is watched from then on (60)" },
  { name: "dry-run", doc: "check the release and say what would be done; change nothing" },
  { name: "json", doc: "print the end as JSON, for programs" },
];

const SECONDS_MAX = 3600;
const SECONDS_USUAL = 60;

export interface UpgradeFlags {
  readonly file: string | undefined;
  readonly rollback: "asked" | "pending" | undefined;
  readonly root: string;
  readonly keyFile: string;
  readonly restartWith: string | undefined;
  readonly unitsWith: string | undefined;
  readonly unitDir: string;
  readonly readyWithinMs: number;
  readonly watchMs: number;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** Faults: `usage`. */
export function upgradeFlags({ args, flags }: Call, product: string): UpgradeFlags {
  const text = (key: string): string | undefined => (typeof flags[key] === "string" ? flags[key] : undefined);
  const file = args[0] ?? text("patch");
  const rollback = flags["rollback"] === true;
  if (args[0] !== undefined && text("patch") !== undefined) throw usage("name FILE or --patch FILE, not both");
  if (rollback && file !== undefined) throw usage("--rollback takes no file");
  if (!rollback && flags["if_pending"] === true) throw usage("--if-pending goes with --rollback");
  return {
    file,
    rollback: rollback ? (flags["if_pending"] === true ? "pending" : "asked") : undefined,
    root: text("root") ?? `/usr/lib/${product}`,
    keyFile: text("key") ?? `/usr/share/${product}/release.pub`,
    restartWith: text("restart_with"),
    unitsWith: text("units_with"),
    unitDir: text("unit_dir") ?? "/etc/systemd/system",
    readyWithinMs: milliseconds("ready-within", text("ready_within")),
    watchMs: milliseconds("watch", text("watch")),
    dryRun: flags["dry_run"] === true,
    json: flags["json"] === true,
  };
}

function milliseconds(name: string, text: string | undefined): number {
  if (text === undefined) return SECONDS_USUAL * 1000;
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= SECONDS_MAX) return seconds * 1000;
  throw usage(`--${name} ${JSON.stringify(text)} is not a whole number up to ${SECONDS_MAX}`);
}

function usage(message: string): Fault {
  return new Fault("usage", message, "see upgrade --help");
}
