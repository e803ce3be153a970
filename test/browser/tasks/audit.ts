import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { readCsv } from "../support/csv.ts";
import { AUDITED, REVOKED_IN_MAY, yearOfTheLastMay } from "./stage.ts";
import type { Story } from "./story.ts";

/** 10a: who revoked what in May, as a file. */
export async function whoRevokedInMay({ hub, page, start, click, opened, done }: Story): Promise<void> {
  const year = yearOfTheLastMay(hub.context.clock.now());
  await start("/");
  await click(page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Admin" }));
  await opened("Admin");
  await click(page.getByRole("link", { name: "Audit" }));
  await opened("Audit");
  const filters = page.locator("form.filters");
  await filters.getByLabel("Action").selectOption("rig.revoke");
  await filters.getByLabel("From, UTC day").fill(`${year}-05-01`);
  await filters.getByLabel("To, UTC day").fill(`${year}-05-31`);
  const coming = page.waitForEvent("download");
  await click(filters.getByRole("button", { name: "CSV" }));
  const file = await coming;
  done();
  const rows = readCsv(readFileSync(await file.path(), "utf8"));
  expect(rows.at(-1)?.[0]).toStartWith(`end of file: ${rows.length - 2} rows`);
  const [heads = [], ...entries] = rows.slice(0, -1);
  const cell = (entry: readonly string[], name: string): string => entry[heads.indexOf(name)] ?? "";
  const made = entries.filter((entry) => REVOKED_IN_MAY.some((rig) => rig === cell(entry, "target")));
  expect(made).toHaveLength(REVOKED_IN_MAY.length);
  const [all] = await hub.context.sql<{ entries: number }[]>`
    select count(*) as entries from admin_audit where action = 'rig.revoke'
      and at >= ${`${year}-05-01T00:00:00Z`} and at < ${`${year}-06-01T00:00:00Z`}`;
  expect(entries).toHaveLength(all?.entries ?? -1);
  for (const entry of entries) {
    expect(cell(entry, "action")).toBe("rig.revoke");
    expect(cell(entry, "at_utc")).toStartWith(`${year}-05-`);
  }
  for (const entry of made) {
    expect([cell(entry, "actor"), cell(entry, "address")]).toEqual([AUDITED.name, AUDITED.address]);
    expect(cell(entry, "after")).toContain(`computer of ${cell(entry, "target")} stolen`);
  }
}

/** 10b: that the backup restores is a date, not a hope. */
export async function doesTheBackupRestore({ hub, page, start, click, opened, done }: Story): Promise<void> {
  await start("/");
  await click(page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "System" }));
  await opened("System");
  const term = page.locator("dt", { hasText: "Last restored and compared" });
  const told = await term.locator("xpath=following-sibling::dd[1]").innerText();
  done();
  const [last] = await hub.context.sql<{ at: Date }[]>`
    select max(at) as at from backup_log where kind = 'restore' and ok`;
  expect(last?.at).toBeInstanceOf(Date);
  expect(told).toContain(`${last?.at.toISOString().slice(0, 19).replace("T", " ")} UTC`);
}
