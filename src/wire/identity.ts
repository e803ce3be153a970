import { Fault } from "../base/fault.ts";
import { show } from "../base/schema.ts";
import type { FleetEvent } from "./event.ts";

export const RIG_ID_MAX = 64;
/** Letters and digits of any alphabet, inside also space, dot, underscore and dash. */
export const RIG_ID = /^[\p{L}\p{N}](?:[\p{L}\p{N}._ -]{0,62}[\p{L}\p{N}])?$/u;
const AFTER_RIG = /^-(\d{1,11})(?:-([1-9]\d{0,3}))?$/;

export function isRigId(text: string): boolean {
  return RIG_ID.test(text);
}

export function checkRigId(text: string): string {
  if (isRigId(text)) return text;
  throw new Fault(
    "schema",
    `rig_id ${show(text)} is not a rig's name`,
    `use 1 to ${RIG_ID_MAX} letters, digits, dots, dashes or underscores, starting and ending with a letter or digit`,
  );
}

/**
 * An id belongs to one rig: after `{rig_id}-` stands one of the event's two timestamps and nothing else,
 * but for the `-{n}` that our spoke adds when two events share a second. So RIG-1 cannot take RIG-1-2's ids.
 */
export function checkEventId(event: FleetEvent): void {
  checkRigId(event.rig_id);
  const after = event.id.startsWith(event.rig_id) ? AFTER_RIG.exec(event.id.slice(event.rig_id.length)) : null;
  const number = Number(after?.[1] ?? Number.NaN);
  if (number === event.advisory.timestamp || number === event.timestamp) return;
  throw new Fault(
    "schema",
    `id ${show(event.id)} does not belong to this event`,
    `name it ${event.rig_id}-${event.advisory.timestamp}`,
  );
}

/** What an id in a path may look like; anything else is not looked up. */
export function isEventId(text: string): boolean {
  const at = text.search(/-\d{1,11}(?:-[1-9]\d{0,3})?$/);
  return at > 0 && isRigId(text.slice(0, at));
}

export function episodeId(eventId: string): string {
  return `${eventId}-episode`;
}
