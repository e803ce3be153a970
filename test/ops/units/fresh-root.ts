import { existsSync, mkdirSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const ROOTS = join(homedir(), ".cache", "fleet-hub-tools", "roots");
/** What a server has that was just set up; PostgreSQL and the tunnel's programs, as an admin adds them. */
const BASE = "systemd,systemd-sysv,dbus,curl,iproute2,ca-certificates,procps,util-linux";

export const RELEASES = {
  bookworm: {
    name: "Debian 12",
    mirror: "http://deb.debian.org/debian",
    script: "bookworm",
    packages: `${BASE},postgresql,wireguard-tools,nftables`,
  },
  noble: { name: "Ubuntu 24.04", mirror: "http://archive.ubuntu.com/ubuntu", script: "jammy", packages: BASE },
} as const;
export type Release = keyof typeof RELEASES;

/** The files of a machine on which nothing of ours was ever installed, made once; or why there are none. */
export function freshRoot(release: Release): { root: string } | { problem: string } {
  const root = join(ROOTS, release);
  if (existsSync(root)) return { root };
  if (process.getuid?.() !== 0) return { problem: "only root can make the files of a machine" };
  if (Bun.which("debootstrap") === null) {
    Bun.spawnSync(["apt-get", "update", "-qq"]);
    Bun.spawnSync(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "debootstrap"]);
  }
  if (Bun.which("debootstrap") === null) return { problem: "debootstrap cannot be installed" };
  const { mirror, script, packages } = RELEASES[release];
  const beside = `${root}.new-${process.pid}`;
  mkdirSync(ROOTS, { recursive: true });
  const made = Bun.spawnSync([
    "debootstrap",
    // The keys of another distribution are not on this one: the files are for a test and are thrown away.
    "--no-check-gpg",
    "--variant=minbase",
    `--include=${packages}`,
    release,
    beside,
    mirror,
    `/usr/share/debootstrap/scripts/${script}`,
  ]);
  if (!made.success) return { problem: `debootstrap failed: ${made.stdout.toString().slice(-300)}` };
  renameSync(beside, root);
  return { root };
}
