import type { LibraryPage } from "./page.ts";

/** A pull that was begun: where it goes on after a cut. */
export interface Run {
  /** The hub's own mark for the next page. */
  readonly page: string;
  readonly epoch: string | undefined;
  /** The least version of its pages: what changed while it ran comes with the next pull. */
  readonly version: number;
  /** A whole library: what it does not name is dropped at its end. */
  readonly full: boolean;
}

/** How far the rig's library follows the hub's. Written with the rows it speaks of, in one transaction. */
export interface Cursor {
  /** Counts every change of the stored rows. */
  readonly revision: number;
  /** Undefined until a hub that has epochs gave a whole library. */
  readonly epoch: string | undefined;
  /** Everything up to here is known. */
  readonly version: number;
  /** Whether the rig's cap kept something out. */
  readonly capped: boolean;
  /** Unix s of the last pull that came to its end. */
  readonly syncedAt: number | undefined;
  readonly run: Run | undefined;
}

/** Below this share of its cap a library that was cut off by it is pulled whole again. */
const REFILL_BELOW = 0.9;

/** The version to ask from; 0 asks for the whole library. */
export function sinceOf(cursor: Cursor, stored: { readonly count: number; readonly cap: number }): number {
  const thin = cursor.capped && stored.count < REFILL_BELOW * stored.cap;
  return cursor.epoch === undefined || thin ? 0 : cursor.version;
}

/** What a page means for the pull that asked for it. */
export interface Step {
  readonly page: LibraryPage;
  /** The least version so far. */
  readonly version: number;
  readonly full: boolean;
  /** A whole library begins here: rows from before are dropped at its end, unless named again. */
  readonly startsSweep: boolean;
}

/**
 * Undefined when the page cannot follow what the rig has: another epoch or an older version, and yet not a whole
 * library. Then everything is asked for anew.
 */
export function stepOf(cursor: Cursor, since: number, page: LibraryPage): Step | undefined {
  const run = cursor.run;
  const full = page.full || since === 0;
  if (run !== undefined && run.epoch === page.epoch && (run.full || !full)) {
    return { page, version: Math.min(run.version, page.version), full: run.full, startsSweep: false };
  }
  if (full) return { page, version: page.version, full, startsSweep: true };
  if (run !== undefined || page.epoch !== cursor.epoch || page.version < cursor.version) return undefined;
  return { page, version: page.version, full, startsSweep: false };
}
