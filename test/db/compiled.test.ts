import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { say } from "../support/say.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const PATIENCE_MS = 120_000;
const root = join(import.meta.dir, "..", "..");

test(
  "an executable started in / carries migrations, engine and snapshot, and needs nothing of the machine",
  async () => {
    const executable = join(temporaryDirectory(), "probe");
    await compile(executable);
    const dataDir = join(temporaryDirectory(), "data");
    const first = await run(executable, ["migrate", dataDir]);
    expect(first).toEqual({
      applied: [
        "0001-first-schema",
        "0002-dashboard",
        "0003-tunnel",
        "0004-precedents",
        "0005-rig-upgrades",
        "0006-tries",
      ],
    });
    expect(await run(executable, ["migrate", dataDir])).toEqual({ applied: [] });
    expect(existsSync(join(dataDir, "socket"))).toBe(false);
    expect(readdirSync(dataDir).toSorted()).toEqual(["hub.lock", "postgres"]);
  },
  PATIENCE_MS,
);

async function compile(outfile: string): Promise<void> {
  const migrations = readdirSync(join(root, "migrations")).filter((name) => name.endsWith(".ts"));
  const built = await Bun.build({
    entrypoints: ["test/support/database-child.ts", ...migrations.map((name) => `migrations/${name}`)].map((file) =>
      join(root, file),
    ),
    root,
    naming: { entry: "[dir]/[name].[ext]", asset: "[dir]/[name].[ext]" },
    // As scripts/build-executable.ts does: bytecode knows the folders of the machine that built it.
    bytecode: true,
    format: "cjs",
    compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
  });
  expect(built.success).toBe(true);
}

const HIDDEN = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs tmpfs "$0" && exec "$@"', root];
const hides = Bun.spawnSync([...HIDDEN, "true"]).success;
if (!hides) say("SKIPPED: the executable is run where its sources are, as this machine lends no namespaces");

/** On another machine these sources are not there. */
async function run(executable: string, words: readonly string[]): Promise<unknown> {
  const process_ = Bun.spawn([...(hides ? HIDDEN : []), executable, ...words], {
    cwd: "/",
    env: {},
    stdin: "ignore",
    stderr: "inherit",
  });
  const printed = await new Response(process_.stdout).text();
  expect(await process_.exited).toBe(0);
  return JSON.parse(printed);
}
