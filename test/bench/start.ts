// How long the built hub takes until it serves, beside a hello of the same stack, and what it keeps resident.
// `npm run build && npx bun test/bench/start.ts`
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startHubProcess } from "../support/daemon.ts";
import { testDatabase } from "../support/postgres.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { report } from "./report.ts";

const ROUNDS = 5;
const HUB = join(import.meta.dir, "..", "..", "dist", "fleet-hub");

/** Elysia on a port, compiled as the hub is. */
async function compileHello(): Promise<string> {
  const folder = temporaryDirectory();
  const source = join(import.meta.dir, `hello-${process.pid}.ts`);
  writeFileSync(
    source,
    [
      'import { Elysia } from "elysia";',
      'const app = new Elysia().get("/", () => "hello").listen(0);',
      "console.log(`hello is ready at http://127.0.0.1:${app.server?.port}`);",
    ].join("\n"),
  );
  const outfile = join(folder, "hello");
  const built = await Bun.build({
    entrypoints: [source],
    compile: { outfile },
    minify: { whitespace: true, syntax: true },
  });
  await Bun.file(source).delete();
  if (!built.success) throw new Error("the hello does not compile");
  return outfile;
}

interface Start {
  readonly ready_ms: number;
  readonly resident_mb: number;
}

async function startHello(executable: string): Promise<Start> {
  const started = performance.now();
  const child = Bun.spawn([executable], { cwd: "/", env: {}, stdout: "pipe", stderr: "ignore" });
  for await (const chunk of child.stdout) if (new TextDecoder().decode(chunk).includes("ready at")) break;
  const start = { ready_ms: performance.now() - started, resident_mb: residentMb(child.pid) };
  child.kill();
  await child.exited;
  return start;
}

async function startHub(url: string): Promise<Start> {
  const started = performance.now();
  const hub = await startHubProcess(["--database-url", url], { command: [HUB] });
  const ready_ms = performance.now() - started;
  const health = await fetch(`${hub.url}/api/fleet/health`);
  if (!health.ok) throw new Error(`the hub answered ${health.status}`);
  const start = { ready_ms, resident_mb: residentMb(hub.child.pid) };
  await hub.stop();
  return start;
}

function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}

async function least(run: () => Promise<Start>): Promise<Start> {
  const starts: Start[] = [];
  for (let round = 0; round < ROUNDS; round++) starts.push(await run());
  return {
    ready_ms: Math.min(...starts.map((start) => start.ready_ms)),
    resident_mb: Math.min(...starts.map((start) => start.resident_mb)),
  };
}

const database = await testDatabase("server");
const hello = await compileHello();
const peer = await least(() => startHello(hello));
const hub = await least(() => startHub(database.url ?? ""));
await database.close();
process.exit(
  report([
    { name: "hello, ready", value: peer.ready_ms, unit: "ms" },
    { name: "hub on PostgreSQL, ready", value: hub.ready_ms, unit: "ms" },
    { name: "hub / hello", value: hub.ready_ms / peer.ready_ms, unit: "×", atMost: 2 },
    { name: "hello, resident", value: peer.resident_mb, unit: "MB" },
    { name: "hub on PostgreSQL, resident", value: hub.resident_mb, unit: "MB", atMost: 90 },
  ]),
);
