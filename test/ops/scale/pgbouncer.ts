/** npm run test:pgbouncer: the suites of database and domain through pgbouncer in transaction mode. */
import { chmodSync, chownSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startPostgres } from "../../support/postgres-server.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { scaleProblem } from "./lab.ts";

const NOBODY = 65_534;
const SUITES = ["test/db", "test/domain"];
/** Some tests hold ten transactions open at once. */
const SERVER_CONNECTIONS = 20;

const problem = await scaleProblem();
if (problem !== undefined) {
  process.stdout.write(`${problem}\n 0 pass\n 1 skip\n 0 fail\n`);
  process.exit(0);
}
const url = new URL(await startPostgres());
const folder = temporaryDirectory();
const port = 20_000 + (process.pid % 20_000);
const configuration = join(folder, "pgbouncer.ini");
writeFileSync(
  configuration,
  [
    "[databases]",
    `* = host=${url.searchParams.get("host")} port=5432 user=postgres`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${port}`,
    "unix_socket_dir =",
    "auth_type = any",
    "pool_mode = transaction",
    `default_pool_size = ${SERVER_CONNECTIONS}`,
    "max_client_conn = 1000",
    "server_idle_timeout = 5",
    "",
  ].join("\n"),
);
for (const path of [folder, configuration]) chownSync(path, NOBODY, NOBODY);
chmodSync(join(folder, ".."), 0o711);

const pooler = Bun.spawn(
  [
    "setpriv",
    "--reuid=65534",
    "--regid=65534",
    "--clear-groups",
    "--pdeathsig",
    "KILL",
    "pgbouncer",
    "-q",
    configuration,
  ],
  {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "inherit",
  },
);
const tests = Bun.spawn([process.execPath, "test", "--timeout", "60000", "-t", "\\(server\\)", ...SUITES], {
  env: {
    ...process.env,
    FLEET_TEST_DATABASE_URL: url.href,
    FLEET_TEST_POOLER_URL: `postgres://postgres@127.0.0.1:${port}/postgres`,
  },
  stdin: "ignore",
  stdout: "inherit",
  stderr: "inherit",
});
const code = await tests.exited;
pooler.kill("SIGKILL");
await pooler.exited;
process.exit(code);
