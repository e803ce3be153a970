import type { Edit } from "./load.ts";

/** Limits that a day of a small fleet would never reach, made so small that it does: what lies behind them is run too. */
export const SMALL_LIMITS: readonly Edit[] = [
  small("src/wire/library.ts", "LIBRARY_PAGE_DEFAULT", 200, 4),
  small("src/domain/curation/backlog.ts", "BATCH_EVENTS", 200, 5),
  small("src/domain/curation/prune.ts", "PRUNE_CHUNK", 400, 3),
  small("src/domain/purge.ts", "PURGE_BATCH", 500, 3),
  small("src/domain/library/spool.ts", "BATCH_ROWS", 200, 3),
  small("spoke/queue-folder.ts", "FILES_A_COMMIT", 10, 2),
  small("spoke/reoffer.ts", "PAGE_EVENTS", 250, 3),
  // A hub boots many times in one process; its assets are the same each time.
  {
    file: "src/http/app.ts",
    find: "await openAssets()",
    replace: "await ((globalThis as { assets?: ReturnType<typeof openAssets> }).assets ??= openAssets())",
  },
];

function small(file: string, name: string, usual: number, here: number): Edit {
  return { file, find: `const ${name} = ${usual};`, replace: `const ${name} = ${here};` };
}
