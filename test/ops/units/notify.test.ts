import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { credentialSource } from "../../../src/base/credentials.ts";
import { silentNotify, systemNotify } from "../../../src/base/notify.ts";
import { environmentSource, readSettings } from "../../../src/base/settings.ts";
import { hubSettingTable } from "../../../src/domain/settings.ts";
import { startHubProcess } from "../../support/daemon.ts";
import { openNotifySocket } from "../../support/notify-socket.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

const CHILD = join(import.meta.dir, "notify-child.ts");
const START_MS = 60_000;

function child(word: string, environment: Readonly<Record<string, string>>): Bun.Subprocess {
  return Bun.spawn([process.execPath, CHILD, word], {
    env: environment,
    stdio: ["ignore", "inherit", "inherit"],
  });
}

test.each(["file", "abstract"])("the manager hears READY and every ping, at a socket that is %p", async (kind) => {
  const path = kind === "file" ? join(temporaryDirectory(), "notify") : `@fleet-notify-${process.pid}`;
  const socket = await openNotifySocket(path);
  const done = child("fails", { NOTIFY_SOCKET: path, WATCHDOG_USEC: "300000" });
  expect(await socket.until("READY=1")).toBe("READY=1;STATUS=ready");
  await done.exited;
  socket.close();
  expect(socket.messages.filter((message) => message === "WATCHDOG=1").length).toBeGreaterThanOrEqual(3);
});

test("a probe that hangs, like one that fails, is no reason to be restarted", async () => {
  const path = join(temporaryDirectory(), "notify");
  const socket = await openNotifySocket(path);
  await child("hangs", { NOTIFY_SOCKET: path, WATCHDOG_USEC: "300000" }).exited;
  socket.close();
  expect(socket.messages.filter((message) => message === "WATCHDOG=1").length).toBeGreaterThanOrEqual(2);
});

test("without a manager, or with a watchdog for another process, nothing is told", () => {
  expect(systemNotify({})).toBe(silentNotify);
  expect(systemNotify({ NOTIFY_SOCKET: "relative" })).toBe(silentNotify);
  const watched = { NOTIFY_SOCKET: join(temporaryDirectory(), "none"), WATCHDOG_USEC: "30000000" };
  expect(systemNotify({ ...watched, WATCHDOG_PID: "1" }).watchdogMs).toBeUndefined();
  expect(systemNotify(watched).watchdogMs).toBe(30_000);
});

test("a secret comes from the credentials as it is; what is no secret does not", () => {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, "admin_key"), "a-key-with-$HOME-&-'quotes'\n");
  writeFileSync(join(folder, "port"), "9\n");
  const settings = readSettings(hubSettingTable, [credentialSource(folder)]);
  expect(settings.admin_key).toBe("a-key-with-$HOME-&-'quotes'");
  expect(settings.port).toBe(8080);
  const stronger = environmentSource({ FLEET_ADMIN_KEY: "the-key-of-the-environment" });
  expect(readSettings(hubSettingTable, [stronger, credentialSource(folder)]).admin_key).toBe(
    "the-key-of-the-environment",
  );
  mkdirSync(join(folder, "viewer_key"));
  expect(() => readSettings(hubSettingTable, [credentialSource(folder)])).toThrow("viewer_key cannot be read");
});

test(
  "the hub says READY when it serves and STOPPING before it drains, and a balancer hears 503 for two seconds first",
  async () => {
    const credentials = temporaryDirectory();
    const path = join(credentials, "socket-of-the-manager");
    const manager = await openNotifySocket(path);
    writeFileSync(join(credentials, "admin_key"), "the-key-of-the-credential\n");
    const hub = await startHubProcess([], {
      environment: { NOTIFY_SOCKET: path, WATCHDOG_USEC: "6000000", CREDENTIALS_DIRECTORY: credentials },
    });
    expect(await manager.until("READY=1")).toContain(hub.url);
    const key = { headers: { authorization: "Bearer the-key-of-the-credential" } };
    expect((await fetch(`${hub.url}/api/fleet/rigs`, key)).status).toBe(200);
    expect((await fetch(`${hub.url}/livez`)).status).toBe(200);
    expect((await fetch(`${hub.url}/readyz`)).status).toBe(200);
    const stopped = hub.stop();
    await manager.until("STOPPING=1");
    const reply = await fetch(`${hub.url}/readyz`);
    expect([reply.status, await reply.json()]).toEqual([503, { status: "not_ready", reason: "this hub is stopping" }]);
    expect((await fetch(`${hub.url}/api/fleet/rigs`, key)).status).toBe(200);
    expect((await stopped).code).toBe(0);
    manager.close();
  },
  START_MS,
);

test(
  "a hub whose database is away serves, says why it is not ready, and still stops with 0",
  async () => {
    const url = "postgres://nobody@127.0.0.1:9/none";
    const hub = await startHubProcess([], { environment: { FLEET_DATABASE_URL: url } });
    const reply = await fetch(`${hub.url}/readyz`);
    expect([reply.status, await reply.text()]).toEqual([503, expect.stringContaining("database was away")]);
    expect((await fetch(`${hub.url}/api/fleet/rigs`, { headers: { authorization: "Bearer x" } })).status).toBe(503);
    expect((await hub.stop()).code).toBe(0);
  },
  START_MS,
);

test(
  "the spoke says READY and STOPPING, and takes its key from the credentials",
  async () => {
    const folder = temporaryDirectory();
    const manager = await openNotifySocket(join(folder, "manager"));
    writeFileSync(join(folder, "api_key"), `sk-fleet-${"k".repeat(43)}\n`);
    const spoke = Bun.spawn([process.execPath, join(import.meta.dir, "..", "..", "..", "spoke", "main.ts"), "run"], {
      cwd: "/",
      env: {
        NOTIFY_SOCKET: join(folder, "manager"),
        WATCHDOG_USEC: "600000",
        CREDENTIALS_DIRECTORY: folder,
        FLEET_HUB_URL: "http://127.0.0.1:9",
        FLEET_RIG_ID: "RIG-7",
        FLEET_DATA_DIR: join(folder, "data"),
        FLEET_LISTEN: "127.0.0.1:0",
      },
      stdio: ["ignore", "ignore", "inherit"],
    });
    expect(await manager.until("READY=1")).toContain("answering at http://127.0.0.1:");
    await manager.until("WATCHDOG=1");
    spoke.kill("SIGTERM");
    await manager.until("STOPPING=1");
    expect(await spoke.exited).toBe(0);
    manager.close();
  },
  START_MS,
);
