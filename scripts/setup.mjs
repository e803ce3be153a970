// Installs what package-lock.json names, once for each of its versions. Runs on Node and on Bun, before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { patchDependencies } from "./patches.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stamp = join(root, "node_modules", ".fleet-hub-lock");
const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) install();
patchDependencies(root);

function install() {
  console.log("Installing dependencies (once, about half a minute) …");
  const installed =
    run("npm", ["ci", "--no-audit", "--no-fund", ...nodeHeaders()]) || run("bun", ["install", "--no-save"]);
  if (!installed) {
    console.error("Neither npm nor bun could install the dependencies: see above.");
    process.exit(1);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (error !== undefined && error.code === "ENOENT") return false;
  return status === 0;
}

/** zstd-napi compiles against Node's headers; where they came with Node there is nothing to download. */
function nodeHeaders() {
  const prefix = join(dirname(process.execPath), "..");
  return existsSync(join(prefix, "include", "node", "node_api.h")) ? [`--nodedir=${prefix}`] : [];
}
