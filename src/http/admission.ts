import { hex } from "../base/digest.ts";
import { keyHash } from "../base/api-key.ts";
import type { Clock } from "../base/clock.ts";
import { Fault } from "../base/fault.ts";
import { MIB } from "../base/limits.ts";

/** Requests in hand at once. Few enough that the last one's wait stays short; a slow body is not in hand. */
export const IN_HAND_MAX = 96;
/** While fewer are in hand, anybody may take any number: two groups of uploads, as many as make the hub quickest. */
export const ROOMY = 64;
/** From there on, one key has at most so many: a spoke sends one after the other. */
export const KEY_SHARE_MAX = 8;
/** Bytes of bodies on their way, as declared. Far below the memory that the unit allows. */
export const BODY_BYTES_MAX = 256 * MIB;
/** Bodies of one key on their way. */
export const KEY_BODIES_MAX = 64;
/** A body that takes longer than this does not keep its place in hand. */
export const BODY_PATIENCE_MS = 250;
/** Nine of ten requests are done in this time, or fewer are let in: a hub that slows down must not make a queue. */
export const IN_HAND_MS = 400;
/** So many always: half a group of uploads. */
export const IN_HAND_MIN = 16;
const OVERLOADED_WAIT_S = 5;
const SHARE_WAIT_S = 1;

export interface Admission {
  /** Before anything is asked of the database. Faults: `overloaded`, `rate_limited`. */
  enter(key: string | undefined): Ticket;
  readonly inHand: number;
}

/** A request's place. */
export interface Ticket {
  /** While a body of at most so many bytes comes in: when it is slow, others have the place. Faults: as `enter`. */
  whileReading<T>(bytes: number, read: () => Promise<T>): Promise<T>;
  leave(): void;
}

/**
 * More than the hub can do is refused before it costs anything, so that what is admitted is done in time. Who asks is
 * told by the key that was shown, good or not: addresses are the proxy's, and forwarded ones are anybody's word.
 */
export function createAdmission(clock: Clock): Admission {
  const inHand = createTally();
  const bodies = createTally();
  const room = createRoom();
  let bodyBytes = 0;

  async function giveWayWhenSlow(place: { away: boolean }, who: string, read: AbortSignal): Promise<void> {
    await clock.sleep(BODY_PATIENCE_MS, read);
    if (read.aborted) return;
    place.away = true;
    inHand.take(who);
  }

  async function reading<T>(who: string, bytes: number, read: () => Promise<T>): Promise<T> {
    if (bodyBytes + bytes > BODY_BYTES_MAX) throw overloaded("too many bodies are on their way");
    if (bodies.of(who) >= KEY_BODIES_MAX) throw shareTaken();
    bodyBytes += bytes;
    bodies.add(who);
    const place = { away: false };
    const whole = new AbortController();
    void giveWayWhenSlow(place, who, whole.signal);
    try {
      return await read();
    } finally {
      whole.abort();
      if (place.away) inHand.add(who);
      bodies.take(who);
      bodyBytes -= bytes;
    }
  }

  return {
    get inHand() {
      return inHand.total;
    },
    enter(key) {
      const who = key === undefined ? NOBODY : hex(keyHash(key));
      if (inHand.total >= room.size) throw overloaded("too many requests are in hand");
      if (inHand.total >= room.roomy && inHand.of(who) >= KEY_SHARE_MAX) throw shareTaken();
      inHand.add(who);
      // What a sender takes for its body says nothing of the hub.
      let sinceMs = clock.monotonic();
      return {
        async whileReading(bytes, read) {
          const beganMs = clock.monotonic();
          try {
            return await reading(who, bytes, read);
          } finally {
            sinceMs += clock.monotonic() - beganMs;
          }
        },
        leave() {
          inHand.take(who);
          room.took(clock.monotonic() - sinceMs);
        },
      };
    },
  };
}

/**
 * How many may be in hand, by how long the last ones took. Each late one takes nine times the room that one in time gives
 * back, so that it settles where one of ten is late, however quick the machine is today.
 */
function createRoom() {
  const STEP = 0.1;
  const LATE = 9;
  let size = IN_HAND_MAX;
  return {
    get size() {
      return Math.floor(size);
    },
    get roomy() {
      return Math.min(ROOMY, Math.floor((size * ROOMY) / IN_HAND_MAX));
    },
    took(ms: number): void {
      const wanted = ms > IN_HAND_MS ? size - LATE * STEP : size + STEP;
      size = Math.min(IN_HAND_MAX, Math.max(IN_HAND_MIN, wanted));
    },
  };
}

/** Those without a key share one: they have little to ask for. */
const NOBODY = "";

/** How many of each; who has none is forgotten. */
function createTally() {
  const counts = new Map<string, number>();
  let total = 0;
  return {
    get total() {
      return total;
    },
    of: (who: string): number => counts.get(who) ?? 0,
    add(who: string): void {
      total++;
      counts.set(who, (counts.get(who) ?? 0) + 1);
    },
    take(who: string): void {
      total--;
      const left = (counts.get(who) ?? 0) - 1;
      if (left > 0) counts.set(who, left);
      else counts.delete(who);
    },
  };
}

function overloaded(why: string): Fault {
  return new Fault("overloaded", why, "send it again later", OVERLOADED_WAIT_S);
}

function shareTaken(): Fault {
  return new Fault("rate_limited", "too many requests of this key at once", "send one after the other", SHARE_WAIT_S);
}
