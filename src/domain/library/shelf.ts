import { assert } from "../../base/assert.ts";
import { Fault } from "../../base/fault.ts";
import { librarySize } from "../../db/library.ts";
import type { HubContext } from "../context.ts";
import { writeSpool, type Spool } from "./spool.ts";

/** Files that replies are still read from, the current one included: at 15 MB each, 120 MB of disk. */
export const SPOOLS_MAX = 8;
/** A reader that takes nothing for so long is given up: a rig's own deadline is far shorter. */
export const LEASE_IDLE_MAX_S = 600;
const RETRY_AFTER_S = 60;

/** A spool that stays open until it is given back. */
export interface Lease extends Omit<Spool, "close"> {
  /** Once; more often does no harm. */
  giveBack(): void;
}

/** Whole libraries as files: the one of the current version, and older ones as long as a slow rig reads them. */
export interface Shelf {
  /** The library at this version or a later one. Faults: `overloaded`. */
  lend(wanted: { readonly epoch: string; readonly version: number }): Promise<Lease>;
  /** Breaks off what is still being read. */
  close(): Promise<void>;
}

interface Copy {
  readonly spool: Spool;
  readers: number;
  /** Monotonic ms of the last read. */
  usedAt: number;
}

export function createShelf(context: HubContext, cacheDir: string): Shelf {
  const { clock } = context;
  const copies = new Set<Copy>();
  let current: Copy | undefined;
  let writing: Promise<Copy> | undefined;

  function remove(copy: Copy): void {
    if (copies.delete(copy)) copy.spool.close();
  }

  /** The current one stays without readers: the next rig wants it. */
  function dropUnused(): void {
    const idleSince = clock.monotonic() - LEASE_IDLE_MAX_S * 1000;
    for (const copy of copies) {
      if (copy !== current && (copy.readers === 0 || copy.usedAt < idleSince)) remove(copy);
    }
  }

  async function replace(): Promise<Copy> {
    dropUnused();
    if (copies.size >= SPOOLS_MAX) throw overloaded();
    const spool = await writeSpool(context, cacheDir, await librarySize(context.sql));
    current = { spool, readers: 0, usedAt: clock.monotonic() };
    copies.add(current);
    dropUnused();
    return current;
  }

  /** Rigs that ask at once share one writing. */
  function renew(): Promise<Copy> {
    writing ??= replace().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  function lease(copy: Copy): Lease {
    copy.readers += 1;
    let lent = true;
    return {
      ...copy.spool,
      read(offset, bytes) {
        assert(copies.has(copy), "a copy is read while it is on the shelf");
        copy.usedAt = clock.monotonic();
        return copy.spool.read(offset, bytes);
      },
      giveBack() {
        if (!lent) return;
        lent = false;
        copy.readers -= 1;
        dropUnused();
      },
    };
  }

  return {
    async lend({ epoch, version }) {
      let copy = current;
      // A copy that was being written for others may be of the version before: look again.
      while (copy === undefined || copy.spool.epoch !== epoch || copy.spool.version < version) copy = await renew();
      return lease(copy);
    },
    async close() {
      await writing;
      current = undefined;
      for (const copy of copies) remove(copy);
    },
  };
}

function overloaded(): Fault {
  return new Fault("overloaded", "too many whole libraries are being read", "ask again later", RETRY_AFTER_S);
}
