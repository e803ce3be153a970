import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { untar } from "../../../src/base/tar.ts";
import { newWireguardKeys } from "../../../src/base/wireguard.ts";
import { setGateway } from "../../../src/domain/tunnel/gateways.ts";
import { createEnrolFile } from "../../../src/domain/tunnel/enrol-file.ts";
import { enrolByFile, keyFileOf } from "../../../spoke/enrol/by-file.ts";
import { systemNet } from "../../../src/base/net.ts";
import { beginReplacement } from "../../../spoke/replace-file.ts";
import { openTestDatabase, testDatabase } from "../../support/postgres.ts";
import { testContext } from "../../support/context.ts";
import { ADMIN } from "../../support/domain-hub.ts";
import { say } from "../../support/say.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { tables } from "./tables.ts";

const ROOT = join(import.meta.dir, "..", "..", "..");
const AT_ONCE = 50;
const FORM = { lifetimeMs: 3_600_000, hubUrl: undefined, hubPort: 8080, keepaliveS: 0 };
const PATIENCE_MS = 120_000;

for (const engine of ["server", "embedded"] as const) {
  test(
    `one code, ${AT_ONCE} at once: one rig; and no private key is anywhere but on it (${engine})`,
    async () => {
      const database = await testDatabase(engine);
      const context = testContext(database.sql);
      const gateway = newWireguardKeys();
      await setGateway(context, { name: "gate", endpoint: "192.0.2.1:51820", public_key: gateway.public_key }, ADMIN);
      const place = { well_id: "W-1", field: "North" };
      context.clock.set(new Date().toISOString());
      const file = await createEnrolFile(context, { rig_id: "RIG-7", ...place }, FORM, ADMIN);
      const own = await createEnrolFile(context, { rig_id: "RIG-8", ...place }, FORM, ADMIN);
      await database.database.close();
      const hub = await startHub(database.url, database.dataDir);
      const statuses = await Promise.all(Array.from({ length: AT_ONCE }, () => use(hub.url, file.code)));
      const count = (status: number): number => statuses.filter((known) => known === status).length;
      say(`one code, ${AT_ONCE} at once (${engine}): ${count(201)} × 201, ${count(410)} × 410`);
      expect([count(201), count(410)]).toEqual([1, AT_ONCE - 1]);

      const folder = temporaryDirectory();
      const plan = { file: own, config: join(folder, "fleet.toml"), confFile: join(folder, "fleet0.conf") };
      const machine = { readText: (path: string) => readFileSync(path, "utf8"), beginReplacement, net: systemNet };
      const commands = { run: () => Promise.resolve({ code: 0, stdout: "", stderr: "" }) };
      await enrolByFile({ ...plan, hubUrl: hub.url, tunnel: own.tunnel }, machine, commands);
      const log = await hub.stop();

      const opened = await openTestDatabase({ url: database.url, dataDir: database.dataDir });
      const rows = await tables(opened.sql);
      const reused = await opened.sql`select target from admin_audit where action = 'enrolment.reused'`;
      expect([...reused]).toEqual([{ target: "RIG-7" }]);
      await opened.close();
      const places = { database: rows, log, backup: await backup(database.url, database.dataDir) };
      const config = readFileSync(plan.config, "utf8");
      const secrets = {
        "the rig's WireGuard key": readFileSync(keyFileOf(plan), "utf8").trim(),
        "the rig's API key": /sk-fleet-[\w-]+/.exec(config)?.[0] ?? "",
        "the file's WireGuard key": own.tunnel?.bootstrap.private_key ?? "",
        "the gateway's WireGuard key": gateway.private_key,
        "the file's code": own.code,
      };
      const hits = Object.entries(secrets).flatMap(([name, secret]) => {
        expect(secret.length).toBeGreaterThan(20);
        return Object.entries(places).flatMap(([where, text]) =>
          holds(text, secret) ? [`${name} in the ${where}`] : [],
        );
      });
      say(
        `secrets in the hub's database, log and backup (${engine}): ${hits.length} of ${Object.keys(secrets).length}`,
      );
      expect(hits).toEqual([]);
      // The search finds what is there.
      expect(rows).toContain(gateway.public_key);
      expect(places.backup).toContain(gateway.public_key);
      expect(log).toContain("request_id");
      if (database.url !== undefined) await database.close();
    },
    PATIENCE_MS,
  );
}

/** As text, as its bytes, and as PostgreSQL writes bytes. */
function holds(text: string, secret: string): boolean {
  const bytes = Buffer.from(secret, "base64");
  return [secret, bytes.toString("hex"), bytes.toString("latin1")].some((form) => text.includes(form));
}

async function use(url: string, code: string): Promise<number> {
  const { public_key } = newWireguardKeys();
  const reply = await fetch(`${url}/api/fleet/enroll`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code, public_key }),
  });
  return reply.status;
}

async function startHub(databaseUrl: string | undefined, dataDir: string) {
  const child = Bun.spawn(
    [process.execPath, join(ROOT, "src", "main.ts"), "serve", "--port", "0", "--data-dir", dataDir],
    {
      cwd: ROOT,
      env: environment(databaseUrl),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  let log = "";
  const ready = Promise.withResolvers<string>();
  const follow = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    for await (const chunk of stream) {
      log += Buffer.from(chunk).toString();
      const url = /is ready at (\S+)/.exec(log)?.[1];
      if (url !== undefined) ready.resolve(url);
    }
    ready.reject(new Error(`the hub ended: ${log}`));
  };
  const followed = Promise.all([follow(child.stdout), follow(child.stderr)]);
  return {
    url: await ready.promise,
    async stop(): Promise<string> {
      child.kill("SIGTERM");
      await child.exited;
      await followed;
      return log;
    },
  };
}

/** What the hub's own backup holds, unpacked. */
async function backup(databaseUrl: string | undefined, dataDir: string): Promise<string> {
  const folder = temporaryDirectory();
  const words = [process.execPath, join(ROOT, "src", "main.ts"), "backup", "--to", folder, "--same-disk"];
  const made = Bun.spawn([...words, "--data-dir", dataDir], { cwd: ROOT, env: environment(databaseUrl) });
  expect(await made.exited).toBe(0);
  const texts: string[] = [];
  for (const name of readdirSync(folder)) {
    for await (const member of untar(Bun.file(join(folder, name)).stream())) {
      texts.push(
        Buffer.from(member.name.endsWith(".zst") ? Bun.zstdDecompressSync(member.body) : member.body).toString(),
      );
    }
  }
  return texts.join("\n");
}

function environment(databaseUrl: string | undefined): Record<string, string | undefined> {
  const named = databaseUrl === undefined ? {} : { FLEET_DATABASE_URL: databaseUrl };
  return { ...process.env, FLEET_LOG_LEVEL: "debug", ...named };
}
