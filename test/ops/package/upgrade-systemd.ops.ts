import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeCompressed } from "../../../deploy/parts/artefacts.ts";
import { readSecretKey, signFile } from "../../../deploy/parts/signing.ts";
import { buildExecutable } from "../../../scripts/build-executable.ts";
import { digestFile } from "../../../src/base/minisign.ts";
import { formatNote, releaseName, type ReleaseNote } from "../../../src/base/release/note.ts";
import { bootMachine, ROOT } from "../units/machine.ts";
import { TEST_KEY, TEST_PUBLIC_KEY } from "./support/keys.ts";

/** The hub's own units under a real systemd: an upgrade in a unit of its own, and what takes a bad release back. */
const LONG_MS = 240_000;
const HOME = "/usr/lib/fleet-hub";
/** Not in /tmp, which the machine has for itself. */
const folder = mkdtempSync("/var/tmp/fleet-upgrade-");
const booted = await bootMachine();
if (booted === undefined) process.stderr.write("SKIPPED: no namespaces or no systemd here\n");

function machine() {
  if (booted === undefined) throw new Error("the machine is not there");
  return booted;
}

/** Signed, beside where it was written. */
function signed(note: ReleaseNote): string {
  const file = join(folder, releaseName(note));
  writeFileSync(`${file}.minisig`, signFile(file, formatNote(note), readSecretKey(TEST_KEY)));
  return file;
}

/** In a unit of its own, with the service's settings, as docs/releasing.md says. */
function upgrade(words: string) {
  const given = "-p EnvironmentFile=-/etc/fleet-hub/hub.env -p Environment=FLEET_DATA_DIR=/var/lib/fleet-hub";
  const own = `--key ${folder}/release.pub --ready-within 20 --watch 3 --no-backup`;
  return machine().sh(`systemd-run --quiet --wait --pipe --collect ${given} fleet-hub upgrade ${words} ${own}`);
}

const current = (): string => machine().ok(`readlink ${HOME}/current`);
const version = (): string => machine().ok('curl -fsS http://127.0.0.1:8080/metrics | grep -o \'version="[^"]*"\'');

describe.skipIf(booted === undefined)("an upgrade under a real systemd", () => {
  beforeAll(async () => {
    const [first, second] = [join(folder, "1", "fleet-hub"), join(folder, "2", "fleet-hub")];
    await buildExecutable({ product: "fleet-hub", outfile: first, version: "0.1.0" });
    await buildExecutable({ product: "fleet-hub", outfile: second, version: "0.2.0" });
    writeFileSync(join(folder, "release.pub"), TEST_PUBLIC_KEY);
    machine().ok(`cp -r ${ROOT}/deploy /root/deploy`);
    machine().ok(`sh /root/deploy/install-hub.sh --executable ${first} --no-backups`);
  }, LONG_MS);
  afterAll(async () => {
    await booted?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test(
    "puts a good release in place, and the same command says unchanged",
    () => {
      const executable = join(folder, "2", "fleet-hub");
      const { sha256, bytes } = digestFile(executable);
      const told = { product: "fleet-hub", version: "0.2.0", arch: process.arch, executable: sha256, bytes };
      const file = signed(writeCompressed(executable, told, folder, true));
      const { code, out } = upgrade(file);
      expect([code, out]).toEqual([0, expect.stringContaining("fleet-hub 0.2.0 runs")]);
      expect([version(), current()]).toEqual(['version="0.2.0"', "releases/0.2.0"]);
      expect(upgrade(file).out).toContain("unchanged");
    },
    LONG_MS,
  );

  test.each([
    ["0.3.0", '[ "$1" != serve ] || exit 1'],
    ["0.3.1", '[ "$1" != serve ] || exec sleep 600'],
  ])(
    "takes back release %s, which does: %s",
    async (bad, does) => {
      const plain = join(folder, `fleet-hub-${bad}-linux-${process.arch}`);
      writeFileSync(plain, `#!/bin/sh\n${does}\n`);
      const { sha256, bytes } = digestFile(plain);
      const told = { product: "fleet-hub", version: bad, arch: process.arch, executable: sha256, bytes };
      const { code, out } = upgrade(signed({ ...told, form: "plain" }));
      expect([code, out]).toEqual([1, expect.stringContaining("rolled back to fleet-hub 0.2.0")]);
      const seconds = await machine().until("curl -fsS http://127.0.0.1:8080/readyz", 60);
      process.stdout.write(`${does}: the old release serves ${seconds.toFixed(1)} s after the upgrade ended\n`);
      expect([version(), current()]).toEqual(['version="0.2.0"', "releases/0.2.0"]);
      expect(machine().sh(`test -e ${HOME}/upgrading`).code).toBe(1);
    },
    LONG_MS,
  );
});
