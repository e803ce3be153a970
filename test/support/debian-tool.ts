import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A program of the distribution: the one on the PATH, or out of its package, unpacked beside and never installed, so
 * that no service starts. Undefined where neither can be had: whoever asked counts as skipped, and says so.
 */
export function debianTool(program: string, packageName: string): string | undefined {
  const there = Bun.which(program);
  if (there !== null) return there;
  const root = unpackedPackage(packageName);
  const places = [join("usr", "bin"), "bin"].map((place) => join(root ?? "/nowhere", place, program));
  return places.find((path) => existsSync(path));
}

/** The folder that a package of the distribution was unpacked into; undefined where it cannot be had. */
export function unpackedPackage(packageName: string): string | undefined {
  const folder = join(tmpdir(), `fleet-tools-${packageName}`);
  const root = join(folder, "root");
  if (existsSync(root)) return root;
  if (Bun.which("apt-get") === null || Bun.which("dpkg-deb") === null) return undefined;
  mkdirSync(folder, { recursive: true });
  const download = (): boolean => Bun.spawnSync(["apt-get", "download", packageName], { cwd: folder }).success;
  if (!download() && !(Bun.spawnSync(["apt-get", "update", "-qq"]).success && download())) return undefined;
  const file = readdirSync(folder).find((name) => name.startsWith(`${packageName}_`) && name.endsWith(".deb"));
  if (file === undefined) return undefined;
  const beside = `${root}.${process.pid}`;
  // Another run may unpack the same: whoever is done first gives it its name, and half of one never has it.
  if (!Bun.spawnSync(["dpkg-deb", "-x", join(folder, file), beside]).success) return undefined;
  if (!existsSync(root)) renameSync(beside, root);
  return root;
}

/** The same for a program that does not run out of its package: installed, as root; undefined elsewhere. */
export function installedTool(program: string, packageName: string): string | undefined {
  const there = Bun.which(program);
  if (there !== null) return there;
  if (process.getuid?.() !== 0 || Bun.which("apt-get") === null) return undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = (): boolean =>
    Bun.spawnSync(["apt-get", "install", "-y", "-qq", "--no-install-recommends", packageName], { env }).success;
  if (!install() && !(Bun.spawnSync(["apt-get", "update", "-qq"]).success && install())) return undefined;
  return Bun.which(program) ?? undefined;
}
