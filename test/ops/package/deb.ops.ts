import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../support/temporary.ts";
import { TEST_KEY, TEST_PUBLIC_KEY } from "./support/keys.ts";

/** dpkg on a throw-away copy of this machine's files: as root, where mounts are allowed; elsewhere it is skipped, loudly. */
const ROOT = join(import.meta.dir, "..", "..", "..");
const LONG_MS = 900_000;
const folder = temporaryDirectory();
const allowed = Bun.spawnSync(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", folder]).exitCode === 0;
if (!allowed) process.stderr.write("SKIPPED: packages are not installed here, for want of root or mounts\n");

function make(version: string, out: string, ...more: readonly string[]): string {
  const key = join(folder, "release.key");
  writeFileSync(key, TEST_KEY);
  const words = ["deploy/package.ts", "--fast", "--product", "fleet-spoke", "--arch", "x64", "--version", version];
  const done = Bun.spawnSync([process.execPath, ...words, "--key", key, "--out", join(folder, out), ...more], {
    cwd: ROOT,
    env: { ...process.env, SOURCE_DATE_EPOCH: "1794187658" },
  });
  if (done.exitCode !== 0) throw new Error(done.stderr.toString());
  return join(folder, out);
}

/** Runs in the copy; nothing of it reaches the machine. */
function inCopy(script: string): { code: number; said: string; err: string } {
  const layers = join(folder, `layers-${readdirSync(folder).length}`);
  mkdirSync(layers);
  const words = [
    "set -e",
    `mount -t tmpfs tmpfs ${layers}; cd ${layers}; mkdir upper work root debs`,
    `mount -t overlay overlay -o lowerdir=/,upperdir=${layers}/upper,workdir=${layers}/work root`,
    `cp ${folder}/first/*.deb ${folder}/second/*.deb root/root/`,
    "mount -t proc proc root/proc; mount --bind /dev root/dev; mount -t tmpfs tmpfs root/run",
    `exec chroot root sh -eu -c '${script.replaceAll("'", `'\\''`)}'`,
  ];
  const done = Bun.spawnSync(["unshare", "-m", "sh", "-c", words.join("\n")]);
  return { code: done.exitCode, said: done.stdout.toString(), err: done.stderr.toString() };
}

describe.skipIf(!allowed)("the package of a spoke", () => {
  beforeAll(() => {
    make("0.1.0", "first");
    make("0.1.0", "again");
    make("0.2.0", "second", "--previous", join(folder, "first"));
  }, LONG_MS);
  afterAll(() => {
    Bun.spawnSync(["rm", "-rf", folder]);
  });

  test(
    "is the same bytes when it is made again, and lintian finds nothing",
    () => {
      expect(Bun.spawnSync(["diff", "-r", join(folder, "first"), join(folder, "again")]).exitCode).toBe(0);
      const deb = join(folder, "first", "fleet-spoke_0.1.0_amd64.deb");
      const found = Bun.spawnSync(["lintian", "--fail-on", "error,warning", deb]).stdout.toString();
      expect(found).toBe("");
    },
    LONG_MS,
  );

  test("is signed as minisign itself would check it, and so is the list of sums", () => {
    writeFileSync(join(folder, "release.pub"), TEST_PUBLIC_KEY);
    for (const name of readdirSync(join(folder, "second")).filter((each) => each.endsWith(".minisig"))) {
      const file = join(folder, "second", name.replace(/\.minisig$/, ""));
      const done = Bun.spawnSync(["minisign", "-V", "-q", "-p", join(folder, "release.pub"), "-m", file]);
      expect([name, done.exitCode]).toEqual([name, 0]);
    }
    expect(
      Bun.spawnSync(["sha256sum", "--check", "--quiet", "SHA256SUMS"], { cwd: join(folder, "second") }).exitCode,
    ).toBe(0);
  });

  test("carries a patch from the release before, of less than a thousandth of its size", () => {
    const patch = Bun.file(join(folder, "second", "fleet-spoke-0.1.0-to-0.2.0-linux-x64.patch")).size;
    const whole = Bun.file(join(folder, "second", "fleet-spoke-0.2.0-linux-x64.zst")).size;
    process.stdout.write(`patch ${patch} bytes, whole ${whole} bytes\n`);
    expect(patch).toBeLessThan(whole / 1000);
  });

  test(
    "installs, installs again, upgrades beside the release before, keeps what was set, and leaves nothing when purged",
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
      expect([code, said.split("\n").filter((line) => line !== ""), err.includes("error")]).toEqual([
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
});
