import type { FaultMutant } from "./mutant.ts";

export const HUB_MUTANTS: readonly FaultMutant[] = [
  {
    row: "hub-kill",
    name: "an upload is answered before its group is written",
    product: "fleet-hub",
    file: "src/domain/ingest.ts",
    find: "      if (wasIdle) idle = writeAll();\n      return promise;",
    replace: `      if (wasIdle) idle = writeAll();
      promise.catch(() => {});
      return { status: "accepted", id: prepared.row.id };`,
    times: 30,
  },
  {
    row: "database-stop",
    name: "commits are not waited for",
    product: "fleet-hub",
    file: "src/db/connect.ts",
    find: "    ...name,\n",
    replace: '    ...name,\n    synchronous_commit: "off",\n',
    times: 40,
  },
];
