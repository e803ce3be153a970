import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hex, sha256 } from "../../src/base/digest.ts";

/** A folder of releases as a hub offers it, with a release of a few bytes; returns its path. */
export function writeDownloads(parent: string): string {
  const folder = join(parent, "downloads");
  const name = "fleet-spoke-0.2.0-linux-arm64.zst";
  const content = "not a release, but the manual's";
  mkdirSync(folder);
  writeFileSync(join(folder, name), content);
  writeFileSync(join(folder, "SHA256SUMS"), `${hex(sha256(content))}  ${name}\n`);
  return folder;
}
