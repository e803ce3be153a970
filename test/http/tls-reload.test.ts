import { afterAll, beforeAll, expect, test } from "bun:test";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { createNet } from "../../src/base/net.ts";
import { makeAuthorities } from "../support/certificates.ts";
import { startHubProcess, type HubProcess } from "../support/daemon.ts";
import { temporaryDirectory } from "../support/temporary.ts";

/** A hub whose certificate is renewed, and a rig that trusts nobody but the authority that it was told of. */
const ROOT = join(import.meta.dir, "..", "..");
const LONG_MS = 60_000;
const { file, issue } = makeAuthorities("ours");
const ca = (): string => readFileSync(file("ours.pem"), "utf8");
const put = (name: string): void => {
  for (const end of ["pem", "key"]) copyFileSync(file(`${name}.${end}`), file(`hub.${end}`));
};
let hub: HubProcess;

beforeAll(async () => {
  for (const name of ["first", "second", "third"]) issue(name, "ours", "IP:127.0.0.1");
  put("first");
  hub = await startHubProcess(["--tls-cert", file("hub.pem"), "--tls-key", file("hub.key")]);
}, 60_000);
afterAll(async () => {
  await hub.stop();
});

async function opened(): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const socket = connect({ host: "127.0.0.1", port: Number(new URL(hub.url).port), ca: ca() }, () => resolve(socket));
  socket.once("error", reject);
  return promise;
}

/** Whose certificate a new connection is shown. */
async function shown(): Promise<string> {
  const socket = await opened();
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

/** A connection that is being made while the listener changes may be refused: a rig tries again, and so does this. */
async function untilShown(name: string): Promise<void> {
  while ((await shown().catch(String)) !== name) await Bun.sleep(20);
}

async function answer(socket: TLSSocket): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  socket.once("data", (bytes: Buffer) => resolve(bytes.toString()));
  socket.once("error", reject);
  socket.once("close", () => reject(new Error("closed without an answer")));
  return promise;
}

test("a hub that is asked to reload shows the new certificate, and a request that runs is finished", async () => {
  expect(await shown()).toBe("first");
  const socket = await opened();
  const answered = answer(socket);
  socket.write(
    "POST /api/fleet/enroll HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{",
  );
  put("second");
  hub.child.kill("SIGHUP");
  await untilShown("second");
  socket.write(`"code":"0000-0000"}`);
  expect(await answered).toStartWith("HTTP/1.1 4");
  socket.destroy();
});

test("a pair that does not belong together changes nothing, and the next good one does", async () => {
  copyFileSync(file("third.pem"), file("hub.pem"));
  hub.child.kill("SIGHUP");
  await Bun.sleep(200);
  expect(await shown()).toBe("second");
  put("third");
  hub.child.kill("SIGHUP");
  await untilShown("third");
});

test("requests while it reloads again and again: a rig that tries once more gets every one through", async () => {
  const net = createNet({ extraCa: ca() });
  const ask = { method: "GET", url: `${hub.url}/livez`, headers: {}, maxReplyBytes: 10_000 } as const;
  let again = 0;
  const ending = new AbortController();
  const asking = Promise.all(
    Array.from({ length: 4 }, async () => {
      while (!ending.signal.aborted) {
        const reply = await net.send(ask, 5000).catch(() => (again++, net.send(ask, 5000)));
        expect(reply.status).toBe(200);
      }
    }),
  );
  for (let at = 0; at < 10; at++) {
    put(at % 2 === 0 ? "first" : "second");
    hub.child.kill("SIGHUP");
    await untilShown(at % 2 === 0 ? "first" : "second");
  }
  ending.abort();
  await asking;
  process.stdout.write(`10 certificates under load: ${again} requests were tried once more\n`);
});

test(
  "a second hub does not come to share the port without a word",
  async () => {
    const port = new URL(hub.url).port;
    const second = startHubProcess(["--tls-cert", file("hub.pem"), "--tls-key", file("hub.key"), "--port", port]);
    expect(await second.then(() => "it runs", String)).toContain("cannot listen");
  },
  LONG_MS,
);

test(
  "a rig enrols at a hub of its own authority when it is told of it, keeps that, and not otherwise",
  async () => {
    const asked = await createNet({ extraCa: ca() }).send(
      {
        method: "POST",
        url: `${hub.url}/api/fleet/rigs/enrolments`,
        headers: { Authorization: `Bearer ${hub.adminKey}`, "Content-Type": "application/json" },
        body: new TextEncoder().encode(
          JSON.stringify({ rig_id: "RIG-7", well_id: "W", field: "F", time_zone: "America/Chicago" }),
        ),
        maxReplyBytes: 10_000,
      },
      10_000,
    );
    const { code } = JSON.parse(new TextDecoder().decode(asked.body)) as { code: string };
    const config = join(temporaryDirectory(), "fleet.toml");
    writeFileSync(config, `[fleet]\ndata_dir = ${JSON.stringify(temporaryDirectory())}\n`);
    const enrol = async (...more: readonly string[]): Promise<number> => {
      const words = ["spoke/main.ts", "enroll", "--hub", hub.url, code, "--config", config, ...more];
      const child = Bun.spawn([process.execPath, ...words], { cwd: ROOT, stdout: "ignore", stderr: "ignore" });
      return child.exited;
    };
    expect(await enrol()).toBe(1);
    expect(await enrol("--hub-ca-file", file("ours.pem"))).toBe(0);
    expect(readFileSync(config, "utf8")).toContain(`hub_ca_file = ${JSON.stringify(file("ours.pem"))}`);
  },
  LONG_MS,
);
