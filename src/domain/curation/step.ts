import type { Sql } from "postgres";
import type { Tally } from "./tally.ts";
import type { LibraryWriter } from "./write-library.ts";

/** What each step of a run works with. */
export interface Step {
  readonly sql: Sql;
  readonly writer: LibraryWriter;
  /** Kept up after each transaction, so that a run that fails tells what it did before. */
  readonly tally: Tally;
  /** Aborted: stop before the next transaction. */
  readonly signal: AbortSignal;
}
