import { expect, test } from "bun:test";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentSource, readSettings } from "../../src/base/settings.ts";
import { hubSettingTable } from "../../src/domain/settings.ts";
import { startHubProcess } from "../support/daemon.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const START_MS = 60_000;
/** What a shell, sed or dotenv would each read as its own. */
const HOSTILE = '/&\\|$"#%{}`!*?~;<>()[]=';
const KEYS = [`${HOSTILE}$HOME\${HOME}$(id)'\\n`, "k".repeat(16), "é".repeat(512), `sk'${HOSTILE}`];

async function statusWith(url: string, key: string): Promise<number> {
  const authorization = `Bearer ${Buffer.from(key).toString("latin1")}`;
  return (await fetch(`${url}/api/fleet/rigs`, { headers: { authorization } })).status;
}

test("defect 8: any key of 16 to 512 characters without spaces is taken as it is, and nothing else", () => {
  const read = (key: string): unknown =>
    readSettings(hubSettingTable, [environmentSource({ FLEET_ADMIN_KEY: key })]).admin_key;
  for (const key of KEYS) expect(read(key)).toBe(key);
  for (const key of ["k".repeat(15), "k".repeat(513), `${"k".repeat(16)} k`, `${"k".repeat(16)}\n`]) {
    expect(() => read(key)).toThrow("FLEET_ADMIN_KEY");
  }
});

test(
  "defect 8: a key of any characters opens the hub that got it by its environment",
  async () => {
    const key = `${HOSTILE}$HOME'\${HOME}$(id)`;
    const hub = await startHubProcess([], { environment: { FLEET_ADMIN_KEY: key } });
    expect(await statusWith(hub.url, key)).toBe(200);
    expect(await statusWith(hub.url, key.replace("$HOME", "/tmp"))).toBe(401);
    const { out, err } = await hub.stop();
    expect(out + err).not.toContain(key);
  },
  START_MS,
);

test(
  "defect 8: a key of any characters opens the hub that got it by its .env file, unexpanded",
  async () => {
    const key = `${HOSTILE}$HOME\${HOME}$(id)`;
    const hub = await startHubProcess([], { environment: {}, cwd: folderWithEnv(`FLEET_ADMIN_KEY='${key}'\n`) });
    expect(await statusWith(hub.url, key)).toBe(200);
    expect(await statusWith(hub.url, key.replaceAll(/\$HOME|\$\{HOME\}/g, "/tmp"))).toBe(401);
    await hub.stop();
  },
  START_MS,
);

/** A working directory as the checkout is, with a .env of its own. */
function folderWithEnv(text: string): string {
  const folder = temporaryDirectory();
  for (const name of ["bunfig.toml", "package.json", "tsconfig.json"]) {
    symlinkSync(join(import.meta.dir, "..", "..", name), join(folder, name));
  }
  writeFileSync(join(folder, ".env"), text);
  return folder;
}
