/** Part of npm run test:scale: Patroni's own check of deploy/scale/patroni.yml, by the Patroni of PyPI. */
import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../support/temporary.ts";

const LONG_MS = 240_000;
const PATRONI = "patroni[etcd3]==4.1.5";
const folder = temporaryDirectory();
const shipped = readFileSync(join(import.meta.dir, "../../../deploy/scale/patroni.yml"), "utf8");

/** Undefined where Python or PyPI is not there. */
function installPatroni(): string | undefined {
  const place = join(folder, "venv");
  const made = Bun.which("python3") !== null && Bun.spawnSync(["python3", "-m", "venv", place]).success;
  const pip = [join(place, "bin", "pip"), "install", "-q", PATRONI, "psycopg[binary]"];
  return made && Bun.spawnSync(pip).success ? join(place, "bin", "patroni") : undefined;
}

const patroni = installPatroni();
if (patroni === undefined) process.stderr.write("SKIPPED: Patroni cannot be installed from PyPI here\n");

function validate(name: string, text: string): { ok: boolean; said: string } {
  const file = join(folder, name);
  writeFileSync(file, text);
  const { success, stdout, stderr } = Bun.spawnSync([patroni ?? "", "--validate-config", file]);
  return { ok: success, said: `${stdout.toString()}${stderr.toString()}` };
}

test.skipIf(patroni === undefined)(
  "Patroni takes its configuration, and names what is wrong with a broken one",
  () => {
    expect(validate("patroni.yml", shipped)).toEqual({ ok: true, said: "" });
    const broken = validate("broken.yml", shipped.replace("ttl: 20", "ttl: soon"));
    expect(broken).toEqual({ ok: false, said: expect.stringContaining("ttl") });
  },
  LONG_MS,
);
