import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "../base/fault.ts";
import { fail, findingLine, findingsCode, ok, warn, type Finding } from "../base/findings.ts";
import type { Call, Flag, Verb } from "../base/verbs.ts";
import type { Cli } from "./environment.ts";
import { HUB_UNITS, INSTALLER_FILES } from "./service/files.ts";

const UNIT_FOLDER = "/etc/systemd/system";
const DRY_RUN: Flag = { name: "dry-run", doc: "only say what would be written and run" };

export const serviceVerbs: readonly Verb<Cli>[] = [
  {
    name: "service install",
    summary: "make this executable a service of this machine; again: bring it up to date",
    details: "Does what deploy/install-hub.sh does, which it carries. Needs root. A second run changes nothing.",
    flags: [
      { name: "admin-key-file", value: "FILE", doc: "the admin's key; without it one is made and shown once" },
      { name: "database", value: "KIND", choices: ["local", "embedded"], doc: "local: this machine's PostgreSQL" },
      { name: "database-url-file", value: "FILE", doc: "the URL of another PostgreSQL" },
      { name: "tunnel", value: "HOST:PORT", doc: "be the rigs' way in by WireGuard, reached from outside there" },
      { name: "set", value: "NAME=VALUE", doc: "a setting for /etc/fleet-hub/hub.env" },
      { name: "allow", value: "NETWORKS", doc: "who may reach it beside this machine and 10.88.0.0/16" },
      DRY_RUN,
    ],
    examples: ["sudo ./fleet-hub service install --set FLEET_BIND_ADDRESS=10.88.0.1"],
    run: async (call, cli) => {
      if (call.flags["dry_run"] === true) return wouldInstall(cli);
      return installer(["--executable", process.execPath, ...passedOn(call)]);
    },
  },
  {
    name: "service uninstall",
    summary: "remove the service and keep its data, or with --purge delete that too",
    flags: [
      { name: "purge", doc: "delete everything that the hub knows" },
      { name: "confirm", value: "HOST", doc: "this machine's name, which --purge asks for" },
      DRY_RUN,
    ],
    run: async (call, cli) => {
      if (call.flags["dry_run"] === true) return wouldUninstall(call, cli);
      return installer(["--uninstall", ...passedOn(call)]);
    },
  },
  {
    name: "service status",
    summary: "say whether the service is installed as shipped, enabled and running",
    flags: [{ name: "json", doc: "print JSON" }],
    run: async (call, cli) => {
      const findings = [...unitFindings(), ...stateFindings()];
      cli.print(call.flags["json"] === true ? JSON.stringify(findings) : findings.map(findingLine).join("\n"));
      return findingsCode(findings);
    },
  },
];

/** The flags as they were given: the installer has the same. */
function passedOn({ flags }: Call): string[] {
  return Object.entries(flags).flatMap(([key, value]) => {
    const name = `--${key.replaceAll("_", "-")}`;
    return typeof value === "string" ? [name, value] : value === true ? [name] : [];
  });
}

/** Runs it from a folder of root's own, and passes on what it says and how it ends. Faults: `config`. */
function installer(words: readonly string[]): number {
  if (process.getuid?.() !== 0) throw new Fault("config", "this must be run as root", "sudo fleet-hub service …");
  const folder = mkdtempSync(join(tmpdir(), "fleet-install-"));
  try {
    mkdirSync(join(folder, "systemd"));
    for (const [path, text] of Object.entries(INSTALLER_FILES)) writeFileSync(join(folder, path), text);
    const { status } = spawnSync("sh", [join(folder, "install-hub.sh"), ...words], { stdio: "inherit" });
    return status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function wouldInstall(cli: Cli): number {
  for (const [name, text] of Object.entries(HUB_UNITS)) {
    const path = join(UNIT_FOLDER, name);
    if (installed(path) !== text) cli.print(`would write ${path}`);
  }
  cli.print(`would copy ${process.execPath} to /usr/lib/fleet-hub/releases/${cli.version}/fleet-hub`);
  for (const command of [
    "systemd-sysusers fleet-hub.conf",
    "systemctl daemon-reload",
    "systemctl enable fleet-hub.service fleet-hub-backup.timer fleet-hub-drill.timer",
    "systemctl restart fleet-hub.service",
  ]) {
    cli.print(`would run ${command}`);
  }
  return 0;
}

function wouldUninstall({ flags }: Call, cli: Cli): number {
  for (const name of Object.keys(HUB_UNITS)) {
    const path = join(UNIT_FOLDER, name);
    if (existsSync(path)) cli.print(`would stop and remove ${path}`);
  }
  cli.print("would remove /usr/lib/fleet-hub");
  const data = "/var/lib/fleet-hub, /var/lib/fleet-hub-backup and /etc/fleet-hub";
  cli.print(`would ${flags["purge"] === true ? "delete" : "keep"} ${data}`);
  return 0;
}

function installed(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

function unitFindings(): Finding[] {
  return Object.entries(HUB_UNITS).map(([name, text]) => {
    const found = installed(join(UNIT_FOLDER, name)) ?? installed(join("/usr/lib/systemd/system", name));
    if (found === undefined) return warn(name, "not installed", "sudo fleet-hub service install");
    if (found === text) return ok(name, "as shipped");
    return warn(name, "differs from this release's", "keep changes in systemctl edit, and install again");
  });
}

function stateFindings(): Finding[] {
  const asked = (verb: string): string => {
    const { stdout, error } = spawnSync("systemctl", [verb, "fleet-hub.service"], { encoding: "utf8" });
    return error === undefined ? stdout.trim() : "unknown";
  };
  const [active, enabled] = [asked("is-active"), asked("is-enabled")];
  return [
    active === "active" ? ok("running", active) : fail("running", active, "journalctl -u fleet-hub -n 30"),
    enabled === "enabled" ? ok("at boot", enabled) : warn("at boot", enabled, "systemctl enable fleet-hub"),
  ];
}
