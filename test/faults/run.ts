/**
 * `npm run test:faults -- [ROW…] [--times N] [--tenth]`: real processes and real faults, row by row; without a name
 * all of them. A row is a file `*.faults.ts` in this folder.
 */
import { Glob } from "bun";
import { parseArgs } from "node:util";

const SUFFIX = ".faults.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { times: { type: "string" }, tenth: { type: "boolean" } },
});
const files = [...new Glob(`**/*${SUFFIX}`).scanSync(import.meta.dir)].toSorted();
const wanted = positionals.length === 0 ? files : positionals.map(fileOf);
const run = Bun.spawnSync([process.execPath, "test", ...wanted.map((file) => `./test/faults/${file}`)], {
  env: {
    ...process.env,
    ...(values.times === undefined ? {} : { FLEET_FAULTS_TIMES: values.times }),
    ...(values.tenth === true ? { FLEET_FAULTS_TENTH: "1" } : {}),
  },
  stdin: "ignore",
  stdout: "inherit",
  stderr: "inherit",
});
process.exit(run.exitCode);

function fileOf(row: string): string {
  const file = files.find((each) => each === `${row}${SUFFIX}` || each.endsWith(`/${row}${SUFFIX}`));
  if (file !== undefined) return file;
  process.stderr.write(
    `there is no row ${JSON.stringify(row)}: ${files.map((each) => each.slice(0, -SUFFIX.length)).join(", ")}\n`,
  );
  return process.exit(2);
}
