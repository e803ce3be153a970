import { expect } from "bun:test";
import { registerRig } from "../../../src/domain/rigs.ts";
import { FLEET_API } from "../../../src/wire/protocol.ts";
import { rigOverHttp, type RigOverHttp } from "./rig-over-http.ts";
import { AUDITED } from "./stage.ts";
import type { Story } from "./story.ts";

const PLACE = { well_id: "HALEY 12-7H", field: "Permian Basin" };
/** The page asks every five seconds while somebody waits for a rig. */
const CONNECTED_MS = 15_000;
const UPLOADS_EACH = 3;

/** 7: the code is used by the rig's machine, and the page that made it says so by itself. */
export async function enrolARig({ hub, page, start, click, opened, done }: Story): Promise<void> {
  const rigId = "RIG-NEW-7";
  await start("/");
  await click(page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Admin" }));
  await opened("Admin");
  await page.getByLabel("Rig", { exact: true }).fill(rigId);
  await page.getByLabel("Well", { exact: true }).fill(PLACE.well_id);
  await page.getByLabel("Field", { exact: true }).fill(PLACE.field);
  await click(page.getByRole("button", { name: "Make the code" }));
  const state = page.locator(".progress-state");
  await state.getByText("waiting for the rig").waitFor();
  const code = await page.locator(".code").innerText();
  const key = await useCode(hub.url, code);
  const rig = rigOverHttp(hub, rigId, key);
  expect((await rig.sync()).result).toBe("updated");
  expect(await rig.upload(rig.event())).toEqual({ kind: "accepted" });
  await state.getByText(/connected, first sync after/).waitFor({ timeout: CONNECTED_MS });
  done();
  expect(await page.locator(".code").innerText()).toBe(code);
  const again = await fetch(`${hub.url}${FLEET_API}/enroll`, { method: "POST", body: JSON.stringify({ code }) });
  expect(again.status).toBeGreaterThanOrEqual(400);
}

async function useCode(url: string, code: string): Promise<string> {
  const reply = await fetch(`${url}${FLEET_API}/enroll`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code }),
  });
  expect(reply.status).toBe(201);
  const { api_key } = (await reply.json()) as { api_key: string };
  return api_key;
}

/** 8a: the name is typed, and the rig's next request is refused. */
export async function revokeALostRig(story: Story): Promise<void> {
  const { hub, page, start, click, enter, opened, done } = story;
  const rig = await ourRig(story, "RIG-LOST-8");
  expect(await rig.upload(rig.event())).toEqual({ kind: "accepted" });
  await start("/");
  const search = page.getByLabel("Search", { exact: true });
  await search.fill(rig.rigId);
  await enter(search);
  await opened(rig.rigId);
  await click(page.getByRole("link", { name: "Revoke it" }));
  await page.getByLabel("Reason").fill("Computer stolen");
  await page.getByLabel("To confirm, type").fill(rig.rigId);
  await click(page.getByRole("button", { name: "Revoke the rig" }));
  await page.getByText("None of its keys opens anything").waitFor();
  done();
  expect(await rig.upload(rig.event())).toMatchObject({ kind: "key_problem", code: "rig_revoked" });
  const [entry] = await hub.context.sql<{ actor: string; after: unknown }[]>`
    select actor, after from admin_audit where action = 'rig.revoke' and target = ${rig.rigId}`;
  expect(entry).toEqual({ actor: "admin", after: { status: "revoked", reason: "Computer stolen" } });
}

/** 8b: from the rig's page, while the rig sends without a pause. */
export async function rotateAKey(story: Story): Promise<void> {
  const { hub, page, start, click, done } = story;
  const old = await ourRig(story, "RIG-TURN-8");
  await start(`/rigs/${old.rigId}`);
  const traffic = sendWithoutPause(old);
  await traffic.sent(UPLOADS_EACH);
  await click(page.getByRole("link", { name: "Rotate its key" }));
  await click(page.getByRole("button", { name: "Make a new key" }));
  const shown = page.locator("pre.secret");
  await shown.waitFor();
  done();
  await traffic.sent(UPLOADS_EACH);
  const fresh = rigOverHttp(hub, old.rigId, (await shown.innerText()).trim());
  traffic.use(fresh);
  await traffic.sent(UPLOADS_EACH);
  const { uploads, failed } = await traffic.stop();
  expect(uploads).toBeGreaterThanOrEqual(3 * UPLOADS_EACH);
  expect(failed).toEqual([]);
}

async function ourRig({ hub }: Story, rigId: string): Promise<RigOverHttp> {
  const { api_key } = await registerRig(hub.context, { rig_id: rigId, ...PLACE }, AUDITED);
  return rigOverHttp(hub, rigId, api_key);
}

/** One event after the other, each with the key of the moment. */
function sendWithoutPause(first: RigOverHttp) {
  const state = { rig: first, uploads: 0, goes: true, next: Promise.withResolvers<void>() };
  const failed: unknown[] = [];
  const running = (async () => {
    while (state.goes) {
      const verdict = await state.rig.upload(state.rig.event());
      if (verdict.kind !== "accepted") failed.push(verdict);
      state.uploads += 1;
      state.next.resolve();
      state.next = Promise.withResolvers<void>();
    }
  })();
  return {
    use: (other: RigOverHttp) => void (state.rig = other),
    /** So many more. */
    async sent(more: number): Promise<void> {
      for (let count = 0; count < more; count++) await state.next.promise;
    },
    async stop() {
      state.goes = false;
      await running;
      return { uploads: state.uploads, failed };
    },
  };
}
