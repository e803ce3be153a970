import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inScratchRoot, noScratchRoot, scratchRootUnder } from "../../../deploy/parts/scratch-root.ts";
import { debianTool, installedTool } from "../../support/debian-tool.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { TEST_KEY, TEST_PUBLIC_KEY } from "./support/keys.ts";

/** dpkg on a throw-away copy of this machine's files: as root, where mounts are allowed; elsewhere it is skipped, loudly. */
const ROOT = join(import.meta.dir, "..", "..", "..");
const LONG_MS = 900_000;
const folder = temporaryDirectory();
const minisign = debianTool("minisign", "minisign");
const missing = [
  noScratchRoot(folder),
  ...["zstd", "lintian"].map((name) => (installedTool(name, name) === undefined ? `no ${name} to be had` : undefined)),
  minisign === undefined ? "no minisign to be had" : undefined,
].filter((reason) => reason !== undefined);
if (missing.length > 0) process.stderr.write(`SKIPPED: packages are not tried here: ${missing.join(", ")}\n`);

function make(version: string, out: string, ...more: readonly string[]): string {
  const key = join(folder, "release.key");
  writeFileSync(key, TEST_KEY);
  const words = ["deploy/package.ts", "--fast", "--no-proof", "--arch", "x64", "--version", version];
  const done = Bun.spawnSync([process.execPath, ...words, "--key", key, "--out", join(folder, out), ...more], {
    cwd: ROOT,
    env: { ...process.env, SOURCE_DATE_EPOCH: "1794187658" },
  });
  if (done.exitCode !== 0) throw new Error(done.stderr.toString());
  return join(folder, out);
}

/** Runs in the copy, with the packages in /root; nothing of it reaches the machine. */
function inCopy(script: string) {
  const debs = ["first", "second"].flatMap((name) =>
    readdirSync(join(folder, name))
      .filter((each) => each.endsWith(".deb"))
      .map((each) => join(folder, name, each)),
  );
  return inScratchRoot(scratchRootUnder(folder), debs, script);
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

describe.skipIf(missing.length > 0)("the packages", () => {
  beforeAll(() => {
    make("0.1.0", "first");
    make("0.1.0", "again", "--product", "fleet-spoke");
    make("0.2.0", "second", "--product", "fleet-spoke", "--previous", join(folder, "first"));
  }, LONG_MS);
  afterAll(() => {
    Bun.spawnSync(["rm", "-rf", folder]);
  });

  test(
    "are the same bytes when they are made again, and lintian finds nothing",
    () => {
      for (const name of readdirSync(join(folder, "again")).filter((each) => !each.startsWith("SHA256SUMS"))) {
        const both = [join(folder, "first", name), join(folder, "again", name)];
        expect([name, Bun.spawnSync(["cmp", ...both]).exitCode]).toEqual([name, 0]);
      }
      const debs = ["fleet-spoke", "fleet-hub"].map((name) => join(folder, "first", `${name}_0.1.0_amd64.deb`));
      const found = Bun.spawnSync(["lintian", "--fail-on", "error,warning", ...debs]).stdout.toString();
      expect(found).toBe("");
    },
    LONG_MS,
  );

  test("are signed as minisign itself would check it, and so is the list of sums", () => {
    writeFileSync(join(folder, "release.pub"), TEST_PUBLIC_KEY);
    for (const name of readdirSync(join(folder, "second")).filter((each) => each.endsWith(".minisig"))) {
      const file = join(folder, "second", name.replace(/\.minisig$/, ""));
      const done = Bun.spawnSync([minisign ?? "minisign", "-V", "-q", "-p", join(folder, "release.pub"), "-m", file]);
      expect([name, done.exitCode]).toEqual([name, 0]);
    }
    expect(
      Bun.spawnSync(["sha256sum", "--check", "--quiet", "SHA256SUMS"], { cwd: join(folder, "second") }).exitCode,
    ).toBe(0);
  });

  test("come with a patch from the release before, of less than a thousandth of its size", () => {
    const patch = Bun.file(join(folder, "second", "fleet-spoke-0.1.0-to-0.2.0-linux-x64.patch")).size;
    const whole = Bun.file(join(folder, "second", "fleet-spoke-0.2.0-linux-x64.zst")).size;
    process.stdout.write(`patch ${patch} bytes, whole ${whole} bytes\n`);
    expect(patch).toBeLessThan(whole / 1000);
  });

  test(
    "install, install again, upgrade beside the release before, keep what was set, and leave nothing when purged",
    () => {
      const { code, said, err } = inCopy(`
        cd /root
        dpkg -i fleet-spoke_0.1.0_amd64.deb >/dev/null
        fleet-spoke version
        dpkg -i fleet-spoke_0.1.0_amd64.deb >/dev/null
        echo FLEET_LOG_LEVEL=debug > /etc/fleet-spoke/spoke.env
        mkdir -p /var/lib/fleet-spoke; echo event > /var/lib/fleet-spoke/queue
        dpkg --force-confdef --force-confold -i fleet-spoke_0.2.0_amd64.deb >/dev/null
        fleet-spoke version
        cat /etc/fleet-spoke/spoke.env
        ls /usr/lib/fleet-spoke/releases
        readlink /usr/lib/fleet-spoke/previous
        dpkg -r fleet-spoke >/dev/null
        cat /var/lib/fleet-spoke/queue
        dpkg -P fleet-spoke >/dev/null
        echo left: $(find /etc /opt /run /srv /usr /var -xdev -name "fleet-spoke*")`);
      expect([code, lines(said), err.includes("error")]).toEqual([
        0,
        [
          expect.stringMatching(/^fleet-spoke 0\.1\.0 /),
          expect.stringMatching(/^fleet-spoke 0\.2\.0 /),
          "FLEET_LOG_LEVEL=debug",
          "0.1.0",
          "0.2.0",
          "releases/0.1.0",
          "event",
          "left:",
        ],
        false,
      ]);
    },
    LONG_MS,
  );

  test(
    "of a hub bring what people need at the machine, and make its admin's key once, for root alone",
    () => {
      const { code, said } = inCopy(`
        cd /root
        file=/etc/credstore/fleet-hub.admin_key
        dpkg -i fleet-hub_0.1.0_amd64.deb > /root/said
        if grep -q "$(cat $file)" /root/said; then echo shown; fi
        grep -c "$file, for root alone" /root/said
        stat -c "%a %U" $file
        head -c 9 $file; echo
        sha256sum < $file > /root/before
        dpkg -i fleet-hub_0.1.0_amd64.deb > /dev/null
        sha256sum < $file | cmp - /root/before && echo kept
        ls /usr/share/bash-completion/completions/fleet-hub /usr/share/zsh/vendor-completions/_fleet-hub \\
          /usr/share/man/man1/fleet-hub.1.gz /usr/share/fleet-hub/alerts.yml /usr/share/doc/fleet-hub/runbooks/restore.md
        ls /lib/systemd/system | grep -c "^fleet-hub-wg"
        ls /etc/systemd/system/multi-user.target.wants | grep "^fleet-hub"
        dpkg -P fleet-hub > /dev/null
        echo left: $(find /etc /opt /run /srv /usr /var -xdev -name "fleet-hub*")`);
      expect([code, lines(said)]).toEqual([
        0,
        [
          "1",
          "600 root",
          "sk-admin-",
          "kept",
          "/usr/share/bash-completion/completions/fleet-hub",
          "/usr/share/doc/fleet-hub/runbooks/restore.md",
          "/usr/share/fleet-hub/alerts.yml",
          "/usr/share/man/man1/fleet-hub.1.gz",
          "/usr/share/zsh/vendor-completions/_fleet-hub",
          "3",
          "fleet-hub-wg.path",
          "fleet-hub.service",
          "left:",
        ],
      ]);
    },
    LONG_MS,
  );
});
