import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync, existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStage, type Stage } from "./support/stage.ts";

const PORT = 20_000 + (process.pid % 20_000);
const LONG_MS = 240_000;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(PORT);
});
afterAll(() => stage.stop());

async function ended(child: Bun.Subprocess<"ignore", "pipe", "pipe">) {
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, said: out + err };
}

const current = (): string => readlinkSync(join(stage.root, "current"));
const pending = (): boolean => existsSync(join(stage.root, "upgrading"));

/** Whatever a test did, the next one finds 0.1.0 running. */
async function backToTheFirst(): Promise<void> {
  if (current() === "releases/0.1.0" && (await stage.serving()) === "0.1.0") return;
  Bun.spawnSync(["ln", "-sfn", "releases/0.1.0", join(stage.root, "current")]);
  Bun.spawnSync(["rm", "-f", join(stage.root, "upgrading")]);
  await stage.restart();
}

describe("an upgrade", () => {
  afterEach(backToTheFirst);

  test.each(["plain", "zst"] as const)(
    "puts a good release (%s) in place, says so the second time, and goes back when asked",
    async (form) => {
      const file = stage.release("0.2.0", "good", { form });
      const { code, said } = await ended(stage.upgrade(file));
      expect([code, said]).toEqual([0, expect.stringContaining("fleet-hub 0.2.0 runs")]);
      expect([await stage.serving(), current(), pending()]).toEqual(["0.2.0", "releases/0.2.0", false]);

      expect(readFileSync(join(stage.units, "fleet-hub.service"), "utf8")).toContain("# 0.2.0");
      expect(await ended(stage.upgrade(file))).toEqual({ code: 0, said: "unchanged: 0.2.0 is installed\n" });
      expect((await ended(stage.upgrade("--rollback"))).code).toBe(0);
      expect(current()).toBe("releases/0.1.0");
      expect(readFileSync(join(stage.units, "fleet-hub.service"), "utf8")).not.toContain("# 0.2.0");
    },
    LONG_MS,
  );

  test(
    "takes a patch to the installed release, and refuses one to another",
    async () => {
      const other = stage.release("0.3.0", "good", { form: "patch", note: { from: "0.0.9" } });
      expect(await ended(stage.upgrade("--patch", other))).toEqual({
        code: 1,
        said: expect.stringContaining("another installed release: 0.0.9, here it is 0.1.0"),
      });
      const patch = stage.release("0.2.0", "good", { form: "patch", note: { from: "0.1.0" } });
      expect(await ended(stage.upgrade("--patch", patch))).toEqual({ code: 0, said: expect.any(String) });
      expect(await stage.serving()).toBe("0.2.0");
    },
    LONG_MS,
  );

  test.each([
    ["exit", "does not answer"],
    ["hang", "does not answer"],
    ["not-ready", "the database cannot be reached"],
    ["failing", "replies failed"],
  ])(
    "takes a release back that does %s",
    async (mode, reason) => {
      const { code, said } = await ended(stage.upgrade(stage.release("0.2.1", mode)));
      expect([code, said]).toEqual([1, expect.stringContaining(reason)]);
      expect(said).toContain("rolled back to fleet-hub 0.1.0");
      await stage.restart();
      expect([await stage.serving(), current(), pending()]).toEqual(["0.1.0", "releases/0.1.0", false]);
    },
    LONG_MS,
  );

  test(
    "takes a release back together with the unit that it broke",
    async () => {
      const breaks = join(stage.root, "breaks-the-unit");
      const unit = join(stage.units, "fleet-hub.service");
      const once = `#!/bin/sh\ncase $1 in */0.2.8/*) echo 'ExecStart=broken' > ${unit} ;; esac\n`;
      writeFileSync(breaks, once, { mode: 0o755 });
      const { code, said } = await ended(stage.upgrade(stage.release("0.2.8", "good"), "--units-with", breaks));
      expect([code, said]).toEqual([1, expect.stringContaining("rolled back to fleet-hub 0.1.0")]);
      await stage.restart();
      expect([await stage.serving(), readFileSync(unit, "utf8")]).toEqual(["0.1.0", "[Service]\nExecStart=/good\n"]);
    },
    LONG_MS,
  );

  test(
    "touches nothing for a release that fails its own check, is damaged, meant for another machine or unsigned",
    async () => {
      const bad = stage.release("0.2.2", "bad-check");
      expect((await ended(stage.upgrade(bad))).said).toContain("FLEET_PORT must be a whole number");
      const damaged = stage.release("0.2.3", "good");
      appendFileSync(damaged, "#");
      expect((await ended(stage.upgrade(damaged))).said).toContain("the file is not what was signed");
      const foreign = stage.release("0.2.4", "good", { note: { arch: "arm64" } });
      expect((await ended(stage.upgrade(foreign))).said).toContain("another architecture: arm64");
      const spoke = stage.release("0.2.5", "good", { note: { product: "fleet-spoke" } });
      expect((await ended(stage.upgrade(spoke))).said).toContain("another product: fleet-spoke");
      const lying = stage.release("0.2.6", "good", { form: "zst", note: { executable: "0".repeat(64) } });
      expect((await ended(stage.upgrade(lying))).said).toContain("not the executable that was signed");
      const unsigned = stage.release("0.2.7", "good");
      Bun.spawnSync(["rm", `${unsigned}.minisig`]);
      expect(await ended(stage.upgrade(unsigned))).toEqual({
        code: 2,
        said: expect.stringContaining("belongs beside"),
      });
      expect([await stage.serving(), current(), pending()]).toEqual(["0.1.0", "releases/0.1.0", false]);
    },
    LONG_MS,
  );

  test(
    "says each step with --dry-run, and takes none",
    async () => {
      const before = readdirSync(join(stage.root, "releases"));
      const { code, said } = await ended(stage.upgrade(stage.release("0.2.0", "good"), "--dry-run"));
      expect([code, said]).toEqual([0, expect.stringContaining("would point")]);
      expect(readdirSync(join(stage.root, "releases"))).toEqual(before);
    },
    LONG_MS,
  );
});

describe("an upgrade that is killed", () => {
  afterEach(backToTheFirst);

  test.each(["unpack", "check", "stage", "mark", "switch", "restart", "watch", "keep"])(
    "at its step %s leaves the old release, or a marker that brings it back",
    async (step) => {
      const child = stage.upgrade(stage.release("0.2.0", "good"));
      const decoder = new TextDecoder();
      let seen = "";
      for await (const chunk of child.stdout) {
        seen += decoder.decode(chunk, { stream: true });
        if (seen.includes(`${step} …`)) child.kill("SIGKILL");
      }
      await child.exited;
      const back = await ended(stage.upgrade("--rollback", "--if-pending"));
      expect(back).toEqual({ code: 0, said: expect.any(String) });
      if (current() === "releases/0.2.0") expect(step).toBe("keep");
      await stage.restart();
      expect([await stage.serving(), pending()]).toEqual([current().slice("releases/".length), false]);
    },
    LONG_MS,
  );
});

test("words that go badly together are misuse", async () => {
  expect((await ended(stage.upgrade("--rollback", "file"))).code).toBe(2);
  expect((await ended(stage.upgrade("--if-pending"))).code).toBe(2);
  expect((await ended(stage.upgrade())).code).toBe(2);
});
