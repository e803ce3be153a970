import { expect, test } from "bun:test";
import { Fault } from "../../../src/base/fault.ts";
import { checkEventId, isEventId } from "../../../src/wire/identity.ts";
import { anEvent } from "../../support/builders.ts";

const SECOND = 1_794_187_658;

function refusal(id: string, rig_id = "RIG-1"): string {
  try {
    checkEventId(anEvent({ id, rig_id, timestamp: SECOND, advisory: { timestamp: SECOND - 60 } }));
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
  return "";
}

test("defect 19: an id belongs to one rig: its name, then one of the event's times, then at most a number", () => {
  for (const id of [`RIG-1-${SECOND}`, `RIG-1-${SECOND - 60}`, `RIG-1-${SECOND}-2`]) expect(refusal(id)).toBe("");
  for (const id of [
    `RIG-1-2-${SECOND}`,
    `RIG-1-2-${SECOND}-2`,
    "RIG-1-2",
    `RIG-2-${SECOND}`,
    `RIG-1${SECOND}`,
    `RIG-1-${SECOND}-0`,
    `RIG-1-${SECOND}-x`,
    `RIG-1-${SECOND + 1}`,
    "RIG-1-",
  ]) {
    expect([id, refusal(id)]).toEqual([id, "schema"]);
  }
  expect(refusal(`RIG-1-2-${SECOND}`, "RIG-1-2")).toBe("");
});

test("an id in a path looks like one, or is not looked up", () => {
  for (const id of ["RIG-1-1", "RIG-1-1-2", "RIG-1"]) expect([id, isEventId(id)]).toEqual([id, true]);
  for (const id of ["", "RIG", "-1", "RIG-1-123456789012", "RIG/2-1"]) expect([id, isEventId(id)]).toEqual([id, false]);
});
