import { beforeAll, describe, expect, test } from "bun:test";
import { createEnrolment } from "../../src/domain/enrolment.ts";
import { PAGE_SETS } from "../../src/http/pages.ts";
import { LOGIN_TRIES_PER_ADDRESS } from "../../src/http/login-limit.ts";
import { anEvent } from "../support/builders.ts";
import { ADMIN } from "../support/domain-hub.ts";
import { ADMIN_KEY, testHub } from "../support/hub.ts";
import { recordingLog } from "../support/recording-log.ts";
import { signIn, type Visitor } from "../support/signed-in.ts";

const log = recordingLog();
const hub = testHub("server", { log });
const WRONG = "sk-fleet-a-key-that-opens-nothing";
const RIG = { rig_id: "RIG-2", well_id: "WOLFCAMP 24H", field: "Permian Basin" };
let rigKey = "";
let code = "";
let admin: Visitor;

beforeAll(async () => {
  rigKey = await hub.register("RIG-1");
  await hub.upload(rigKey, anEvent({ rig_id: "RIG-1" }));
  ({ code } = await createEnrolment(hub.context, RIG, ADMIN));
  admin = await signIn(hub, ADMIN_KEY);
});

const secrets = (): string[] => [rigKey, ADMIN_KEY, WRONG, code, admin.cookie.split("=")[1] ?? "", admin.formToken];

describe("a secret", () => {
  test("stands in no line of the log, wherever it was put by whoever sent it", async () => {
    const everywhere = [rigKey, ADMIN_KEY, WRONG];
    for (const secret of everywhere) {
      await hub.send("GET", `/api/fleet/rigs?key=${secret}`, { key: secret });
      await hub.send("GET", `/api/fleet/rigs/${secret}`, { key: WRONG });
      await hub.send("GET", `/${secret}`, { headers: { Cookie: `fleet_session=${secret}` } });
      await hub.send("POST", "/api/fleet/enroll", { json: { code: secret } });
      await hub.send("POST", "/login", { body: new URLSearchParams({ key: `${secret}x`, next: `/?key=${secret}` }) });
      await hub.upload(secret, anEvent({ rig_id: "RIG-1", timestamp: 1_794_187_700 }), { "X-Rig-ID": secret });
    }
    await hub.send("POST", "/api/fleet/enroll", { json: { code } });
    const said = JSON.stringify(log.entries);
    expect(log.entries.length).toBeGreaterThan(10);
    expect(secrets().filter((secret) => said.includes(secret))).toEqual([]);
  });

  test("stands in no address: not in a page's links, not where a form leads", async () => {
    for (const { path } of PAGE_SETS.flatMap(({ pages = [] }) => pages)) {
      const reply = await admin.get(path.replaceAll(/:\w+/g, "RIG-1"));
      const html = await reply.text();
      const addresses = [...html.matchAll(/(?:href|src|action|hx-get|hx-post)="([^"]*)"/g)].map(([, found]) => found);
      const told = [...addresses, reply.headers.get("location")].join("\n");
      expect([path, secrets().filter((secret) => told.includes(secret))]).toEqual([path, []]);
    }
    const made = await admin.press("/admin/viewer-key");
    const shown = /sk-viewer-[\w-]{43}/.exec(await made.text())?.[0] ?? "";
    expect([shown.length > 0, made.headers.get("location"), made.headers.get("cache-control")]).toEqual([
      true,
      null,
      "no-store",
    ]);
  });

  test("in the address opens nothing", async () => {
    for (const name of ["key", "api_key", "access_token", "token", "fleet_session"]) {
      expect((await hub.send("GET", `/api/fleet/rigs?${name}=${ADMIN_KEY}`)).status).toBe(401);
      expect((await hub.send("GET", `/rigs?${name}=${admin.cookie.split("=")[1]}`)).status).toBe(303);
    }
  });
});

test("an address that a header claims changes nothing: tries are counted by the one that asks", async () => {
  await hub.context.sql`delete from tries`;
  const signInFrom = async (address: string): Promise<number> => {
    const headers = { "X-Forwarded-For": address, "X-Real-IP": address, Forwarded: `for=${address}` };
    return (await hub.send("POST", "/login", { body: new URLSearchParams({ key: "wrong" }), headers })).status;
  };
  const statuses: number[] = [];
  for (let host = 0; host <= LOGIN_TRIES_PER_ADDRESS; host++) statuses.push(await signInFrom(`10.9.9.${host}`));
  expect(statuses).toEqual([...Array.from({ length: LOGIN_TRIES_PER_ADDRESS }, () => 401), 429]);
  const claimed = await hub.context.sql`select from admin_audit where address like '10.9.9.%'`;
  expect(claimed).toHaveLength(0);
});
