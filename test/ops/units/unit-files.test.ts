import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../support/temporary.ts";

const FOLDER = join(import.meta.dir, "..", "..", "..", "deploy", "systemd");
const OURS = /^fleet-.*\.(service|timer|path)$/;
const UNITS = readdirSync(FOLDER).filter((name) => OURS.test(name));
const SERVICES = UNITS.filter((name) => name.endsWith(".service"));
/** In tenths: 15 is an exposure of 1.5. */
const EXPOSURE_MAX = 15;
const TOOL = spawnSync("systemd-analyze", ["--version"]).status === 0;
if (!TOOL) process.stderr.write("SKIPPED: the units are not checked, there is no systemd-analyze here\n");

function exposure(file: string): number {
  const { stdout, status } = spawnSync(
    "systemd-analyze",
    ["security", "--offline=true", "--no-pager", `--threshold=${EXPOSURE_MAX}`, file],
    { encoding: "utf8" },
  );
  const found = /Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1];
  if (found === undefined) throw new Error(`no exposure of ${file}: ${stdout}`);
  // One figure and one verdict, which must agree.
  expect(status === 0).toBe(Number(found) <= EXPOSURE_MAX / 10);
  return Number(found);
}

function unit(name: string): string {
  return readFileSync(join(FOLDER, name), "utf8");
}

/** The text as a unit file of its own; returns its path. */
function written(name: string, text: string): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, text);
  return path;
}

describe.skipIf(!TOOL)("the units, as systemd itself judges them", () => {
  test.each(SERVICES)("%s is exposed 1.5 at most", (name) => {
    expect(exposure(join(FOLDER, name))).toBeLessThanOrEqual(EXPOSURE_MAX / 10);
  });

  test("each line of hardening counts: without it the hub is exposed more", () => {
    const text = unit("fleet-hub.service");
    const whole = exposure(written("whole.service", text));
    // What is taken together with another option, or is not weighed at all, is told by the tests on a real systemd.
    const weighed =
      /^(NoNewPrivileges|CapabilityBoundingSet|PrivateDevices|PrivateTmp|PrivateUsers|ProtectSystem|ProtectHome|ProtectClock|ProtectControlGroups|ProtectHostname|ProtectKernelLogs|ProtectKernelModules|ProtectKernelTunables|ProtectProc|ProcSubset|LockPersonality|RestrictNamespaces|RestrictRealtime|RestrictSUIDSGID|KeyringMode|RemoveIPC|SystemCallArchitectures|SystemCallFilter|RestrictAddressFamilies|IPAddressDeny|UMask|User)=.*\n/gm;
    const lines = new Set(text.match(weighed));
    expect(lines.size).toBeGreaterThanOrEqual(25);
    const without = [...lines].map(
      (line) => [line, exposure(written("less.service", text.replace(line, "")))] as const,
    );
    expect(without.filter(([, level]) => level < whole)).toEqual([]);
    const worse = without.filter(([, level]) => level > whole).length;
    expect(worse).toBeGreaterThanOrEqual(18);
  }, 60_000);

  test("verify finds nothing to say", () => {
    const folder = temporaryDirectory();
    const program = join(folder, "program");
    writeFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
    mkdirSync(join(folder, "units"));
    for (const name of UNITS) {
      // The executables are not installed where the tests run, nor are their man pages.
      const text = unit(name)
        .replaceAll(/=\/usr\/lib\/fleet-\S+/g, `=${program}`)
        .replace(/^ReadWritePaths=.*\n/m, "")
        .replace(/^Documentation=.*\n/m, "");
      writeFileSync(join(folder, "units", name), text);
    }
    const named = UNITS.map((name) => join(folder, "units", name.replace("@.", "@8081.")));
    writeFileSync(
      join(folder, "units", "fleet-hub@8081.service"),
      readFileSync(join(folder, "units", "fleet-hub@.service")),
    );
    const { stderr, status } = spawnSync("systemd-analyze", ["verify", "--man=no", ...named], { encoding: "utf8" });
    expect([status, stderr.split("\n").filter((line) => line.includes(folder) || line.includes("fleet-"))]).toEqual([
      0,
      [],
    ]);
  });
});

test("a release that never starts does fail: its starts fit into the interval", () => {
  for (const name of ["fleet-hub.service", "fleet-hub@.service", "fleet-spoke.service"]) {
    const number = (key: string): number => Number(new RegExp(`^${key}=(\\d+)$`, "m").exec(unit(name))?.[1]);
    const hanging = number("StartLimitBurst") * (number("TimeoutStartSec") + number("RestartSec"));
    expect(hanging).toBeLessThan(number("StartLimitIntervalSec"));
  }
});

test("no unit switches the compiler off, needs the database, or carries a secret", () => {
  for (const name of SERVICES) {
    const settings = unit(name).replaceAll(/^#.*$/gm, "");
    expect(settings).not.toMatch(/MemoryDenyWriteExecute|LimitAS|LimitDATA/);
    expect(settings).not.toMatch(/^(Requires|BindsTo)=.*postgres/m);
    expect(settings).not.toMatch(/^Environment=.*(KEY|URL|PASSWORD)/m);
  }
});
