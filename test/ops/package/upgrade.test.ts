import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatNote, readNote, releaseName, type ReleaseNote } from "../../../src/base/release/note.ts";
import { beginRelease, linkedVersion, readMarker, type ReleaseFolder } from "../../../src/base/release/folder.ts";
import { rollBack, upgrade, type UpgradePorts } from "../../../src/base/release/upgrade.ts";
import { watchRelease, type Look } from "../../../src/base/release/watch.ts";
import { lockReleases } from "../../../src/base/release/lock.ts";
import { rejection } from "../../support/rejection.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

const NOTE: ReleaseNote = {
  product: "fleet-hub",
  version: "0.2.0",
  arch: "x64",
  form: "plain",
  executable: "a".repeat(64),
  bytes: 4,
};

function installedFolder(): ReleaseFolder {
  const root = temporaryDirectory();
  mkdirSync(join(root, "releases", "0.1.0"), { recursive: true });
  writeFileSync(join(root, "releases", "0.1.0", "fleet-hub"), "old");
  symlinkSync("releases/0.1.0", join(root, "current"));
  return { root, product: "fleet-hub" };
}

class Cut extends Error {}

interface World {
  readonly ports: UpgradePorts;
  readonly steps: string[];
  /** What the service manager started last. */
  started: string | undefined;
}

/** `cutAt`: where the upgrade is killed; `verdict`: what the watch finds. */
function world(folder: ReleaseFolder, { cutAt, verdict }: { cutAt?: string; verdict?: string } = {}): World {
  const steps: string[] = [];
  const made: World = {
    steps,
    started: "0.1.0",
    ports: {
      unpack: async ({ version }) => {
        const out = beginRelease(folder, version);
        writeFileSync(out, "new!");
        return out;
      },
      trials: [{ name: "check", run: async () => {} }],
      units: async () => {},
      restart: async () => {
        made.started = linkedVersion(folder, "current");
      },
      watch: async () => verdict,
      step: (name) => {
        steps.push(name);
        if (name === cutAt) throw new Cut(name);
      },
    },
  };
  return made;
}

describe("an upgrade", () => {
  test("checks before it changes, and marks before it switches", async () => {
    const folder = installedFolder();
    const { ports, steps } = world(folder);
    expect(await upgrade(folder, NOTE, ports)).toEqual({ kind: "upgraded", version: "0.2.0" });
    expect(steps).toEqual(["unpack", "check", "stage", "mark", "switch", "restart", "watch", "keep"]);
    expect([linkedVersion(folder, "current"), linkedVersion(folder, "previous")]).toEqual(["0.2.0", "0.1.0"]);
    expect(readMarker(folder)).toBeUndefined();
    expect(await upgrade(folder, NOTE, ports)).toEqual({ kind: "unchanged", version: "0.2.0" });
  });

  test("takes back what does not prove itself", async () => {
    const folder = installedFolder();
    const made = world(folder, { verdict: "it is not ready" });
    const end = await upgrade(folder, NOTE, made.ports);
    expect(end).toEqual({ kind: "rolled_back", version: "0.1.0", reason: "it is not ready" });
    expect([linkedVersion(folder, "current"), made.started, readMarker(folder)]).toEqual(["0.1.0", "0.1.0", undefined]);
  });

  test.each(["unpack", "check", "stage", "mark", "switch", "restart", "watch", "keep"])(
    "that ends at its step %s leaves the old release, or a marker that brings it back",
    async (cutAt) => {
      const folder = installedFolder();
      const made = world(folder, { cutAt });
      await upgrade(folder, NOTE, made.ports).catch(() => {});
      await rollBack(folder, world(folder).ports, "pending");
      expect([linkedVersion(folder, "current"), readMarker(folder)]).toEqual(["0.1.0", undefined]);
      const again = await upgrade(folder, NOTE, world(folder).ports);
      expect(again).toEqual({ kind: "upgraded", version: "0.2.0" });
    },
  );

  test("a rollback goes to the release before when asked, and does nothing when none is pending", async () => {
    const folder = installedFolder();
    const { ports } = world(folder);
    expect(await rollBack(folder, ports, "pending")).toBeUndefined();
    expect(await rejection(rollBack(folder, ports, "asked"))).toMatchObject({ code: "not_found" });
    await upgrade(folder, NOTE, ports);
    expect(await rollBack(folder, ports, "asked")).toEqual({ from: "0.2.0", to: "0.1.0" });
    expect(await rollBack(folder, ports, "asked")).toEqual({ from: "0.1.0", to: "0.2.0" });
  });

  test("runs alone", async () => {
    const folder = installedFolder();
    const unlock = lockReleases(folder.root);
    expect(await rejection(upgrade(folder, NOTE, world(folder).ports))).toMatchObject({ code: "conflict" });
    unlock();
    expect(await upgrade(folder, NOTE, world(folder).ports)).toMatchObject({ kind: "upgraded" });
  });

  test("keeps the three newest releases, and never drops what a link names", async () => {
    const folder = installedFolder();
    for (const version of ["0.2.0", "0.3.0", "0.10.0", "0.11.0"]) {
      await upgrade(folder, { ...NOTE, version }, world(folder).ports);
    }
    expect(readdirSync(join(folder.root, "releases")).toSorted()).toEqual(["0.10.0", "0.11.0", "0.3.0"]);
    expect(existsSync(join(folder.root, "current", "fleet-hub"))).toBe(true);
  });
});

describe("a release under watch", () => {
  const clock = () => {
    let now = 0;
    return {
      now: () => now,
      monotonic: () => now,
      sleep: async (ms: number) => {
        now += ms;
      },
    };
  };
  const watched = (looks: (at: number) => Look) => {
    let at = 0;
    return watchRelease(async () => looks(at++), { version: "2", readyWithinMs: 5000, watchMs: 10_000 }, clock());
  };
  const good = { ready: true, version: "2" };

  test("proves itself by being ready all the while", async () => {
    expect(await watched((at) => (at < 3 ? { ready: false } : good))).toBeUndefined();
  });

  test("may miss a look, and not three in a row", async () => {
    expect(await watched((at) => (at % 3 === 1 ? { ready: false } : good))).toBeUndefined();
    expect(await watched((at) => (at > 5 ? { ready: false, reason: "gone" } : good))).toBe("gone");
  });

  test("must be the release that was installed", async () => {
    expect(await watched(() => ({ ready: true, version: "1" }))).toBe("version 1 answers, not 2");
  });

  test("must not fail by itself more often than 5 in 100", async () => {
    const failing = (share: number) => (at: number) => ({
      ...good,
      replies: { total: at * 100, failed: at * 100 * share },
    });
    expect(await watched(failing(0.05))).toBeUndefined();
    expect(await watched(failing(0.06))).toContain("replies failed");
  });
});

describe("what a signature tells of a release", () => {
  test("comes back as it was written", () => {
    const patch = { ...NOTE, form: "patch", from: "0.1.0" } as const;
    for (const note of [NOTE, patch]) expect(readNote(formatNote(note))).toEqual(note);
    expect(releaseName(patch)).toBe("fleet-hub-0.1.0-to-0.2.0-linux-x64.patch");
  });

  test.each([
    ["version", { version: "../../etc" }],
    ["product", { product: "sh" }],
    ["arch", { arch: "mips" }],
    ["bytes", { bytes: -1 }],
    ["executable", { executable: "" }],
  ])("is refused with a bad %s", (key, bad) => {
    expect(() => readNote(formatNote({ ...NOTE, ...bad }))).toThrow(key);
  });

  test("is refused beyond what an executable may be, and when it is another program's", () => {
    expect(() => readNote(formatNote({ ...NOTE, bytes: 1e9 }))).toThrow("would be 1000000000 bytes");
    expect(() => readNote("timestamp:1794187658\tfile:x\thashed")).toThrow("of a release");
  });
});
