import type { Random } from "../../../src/base/random.ts";
import type { AuditAction } from "../../../src/domain/audit.ts";
import { between, happens, pick, whole } from "./chance.ts";
import type { RigPlan } from "./fleet-plan.ts";
import { DAY_MS, HOUR_MS, type Calendar } from "./times.ts";

type Row = Readonly<Record<string, unknown>>;

interface Deed {
  readonly atMs: number;
  readonly action: AuditAction;
  readonly actor: string;
  readonly target: string | null;
  readonly before?: Row;
  readonly after?: Row;
  readonly detail?: Row;
}

const MAY = 4;
const MAY_REVOCATIONS = 5;
const ADDRESSES = ["10.8.0.2", "10.8.0.3", "10.8.0.14", "10.8.0.31"];
const REASONS = ["Rig stacked", "Laptop with the key was stolen", "Contract ended", "Moved to another operator"];
const LOGINS_A_DAY = 3;
const OVERLAP_MS = 72 * HOUR_MS;

/** Who did what in the seed's months, oldest first: among it the revocations of May, whose rigs came back later. */
export function auditRows(random: Random, calendar: Calendar, rigs: readonly RigPlan[]): Row[] {
  const deeds = [
    ...logins(random, calendar),
    ...rigs.flatMap((rig) => rigDeeds(random, calendar, rig)),
    ...revocationsOfMay(random, calendar, rigs),
  ];
  return deeds
    .filter(({ atMs }) => atMs < calendar.nowMs)
    .toSorted((left, right) => left.atMs - right.atMs)
    .map((deed) => auditRow(random, deed));
}

function auditRow(random: Random, { atMs, actor, action, target, before, after, detail }: Deed): Row {
  return {
    at: new Date(Math.floor(atMs)).toISOString(),
    actor,
    address: actor === "cli" ? "local" : pick(random, ADDRESSES),
    request_id: actor === "cli" ? null : Buffer.from(random.bytes(8)).toString("hex"),
    action,
    target,
    before: before ?? null,
    after: after ?? null,
    detail: detail ?? {},
  };
}

function logins(random: Random, { startMs, nowMs }: Calendar): Deed[] {
  const deeds: Deed[] = [];
  for (let day = startMs; day < nowMs; day += DAY_MS) {
    for (let nth = whole(random, 0, LOGINS_A_DAY); nth > 0; nth--) {
      const atMs = day + between(random, 5, 19) * HOUR_MS;
      const refused = happens(random, 0.08);
      const actor = refused ? "anonymous" : happens(random, 0.6) ? "viewer" : "admin";
      deeds.push({ atMs, action: refused ? "session.refused" : "session.open", actor, target: null });
    }
    if (happens(random, 0.03)) {
      deeds.push({ atMs: day + 9 * HOUR_MS, action: "curation.run", actor: "admin", target: null });
    }
  }
  return deeds;
}

function rigDeeds(random: Random, { nowMs }: Calendar, rig: RigPlan): Deed[] {
  const place = { well_id: rig.wells[0]?.well_id ?? "", field: rig.field };
  const actor = happens(random, 0.3) ? "cli" : "admin";
  const registered: Deed = { atMs: rig.registeredMs, action: "rig.register", actor, target: rig.rig_id, after: place };
  const deeds: Deed[] = [registered];
  if (happens(random, 0.35)) {
    const atMs = between(random, rig.registeredMs + DAY_MS, nowMs);
    const previous_key_until = new Date(atMs + OVERLAP_MS).toISOString();
    deeds.push({ atMs, action: "rig.rotate_key", actor: "admin", target: rig.rig_id, detail: { previous_key_until } });
  }
  if (rig.state === "revoked") deeds.push(revocation(random, rig, rig.lastSeenMs + 2 * HOUR_MS));
  return deeds;
}

function revocation(random: Random, rig: RigPlan, atMs: number): Deed {
  const after = { status: "revoked", reason: pick(random, REASONS) };
  return { atMs, action: "rig.revoke", actor: "admin", target: rig.rig_id, before: { status: "active" }, after };
}

function revocationsOfMay(random: Random, calendar: Calendar, rigs: readonly RigPlan[]): Deed[] {
  const may = lastMayMs(calendar);
  return rigs
    .filter(({ registeredMs, state }) => state === "active" && registeredMs < may)
    .slice(0, MAY_REVOCATIONS)
    .flatMap((rig) => {
      const atMs = may + between(random, 0.3, 30.5) * DAY_MS;
      const back = atMs + between(random, 1, 12) * DAY_MS;
      const after = { well_id: rig.wells.at(-1)?.well_id ?? "", field: rig.field };
      const again: Deed = { atMs: back, action: "rig.register", actor: "admin", target: rig.rig_id, after };
      return [revocation(random, rig, atMs), again];
    });
}

/** The first day of the last whole May. */
function lastMayMs({ nowMs }: Calendar): number {
  const year = new Date(nowMs).getUTCFullYear();
  const may = Date.UTC(year, MAY, 1);
  return may + 31 * DAY_MS < nowMs ? may : Date.UTC(year - 1, MAY, 1);
}
