import { expect, test } from "bun:test";
import { join } from "node:path";
import { temporaryDirectory } from "../support/temporary.ts";
import { FIXTURES } from "../support/fixtures.ts";

const MAIN = join(import.meta.dir, "..", "..", "spoke", "main.ts");

interface Entry {
  readonly event: string;
  readonly url?: string;
}

function spawn(dataDir: string, ...argv: string[]): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  return Bun.spawn([process.execPath, MAIN, ...argv], {
    cwd: "/",
    env: {
      FLEET_HUB_URL: "http://127.0.0.1:9",
      FLEET_API_KEY: `sk-fleet-${"k".repeat(43)}`,
      FLEET_RIG_ID: "RIG-ALPHA-7",
      FLEET_DATA_DIR: dataDir,
      FLEET_LISTEN: "127.0.0.1:0",
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

/** Reads log lines until the one with the event. */
async function logged(lines: AsyncGenerator<Entry>, event: string): Promise<Entry> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the log ends without ${event}`);
    if (value.event === event) return value;
  }
}

async function* entries(output: ReadableStream<Uint8Array>): AsyncGenerator<Entry> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of output) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as Entry;
  }
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "the executable answers, ends on %p with 0, and finds everything after a kill",
  async (signal) => {
    const dataDir = join(temporaryDirectory(), "rig");
    const first = spawn(dataDir, "run");
    const { url = "" } = await logged(entries(first.stdout), "spoke.ready");
    const body = Bun.file(join(FIXTURES, "single-event.json"));
    const queued = await fetch(`${url}/api/v1/events`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    expect(queued.status).toBe(201);
    first.kill("SIGKILL");
    await first.exited;

    const second = spawn(dataDir, "run");
    const lines = entries(second.stdout);
    const again = (await logged(lines, "spoke.ready")).url ?? "";
    const status = await (await fetch(`${again}/api/v1/status`)).json();
    expect(status).toMatchObject({ queue: { pending: 1 } });
    second.kill(signal);
    await logged(lines, "spoke.stopped");
    expect(await second.exited).toBe(0);
    expect(await new Response(second.stderr).text()).toBe("");
  },
  30_000,
);

test("a wrong word ends with 2, a wrong setting with 1, each with a sentence and no stack", async () => {
  const misused = spawn(temporaryDirectory(), "runn");
  expect([await misused.exited, await new Response(misused.stderr).text()]).toEqual([
    2,
    'fleet-spoke: unknown command "runn": did you mean run?\n',
  ]);
  const unread = spawn(temporaryDirectory(), "check", "--config", "/nowhere.toml");
  expect([await unread.exited, await new Response(unread.stderr).text()]).toEqual([
    1,
    "/nowhere.toml cannot be read (ENOENT): name the settings' file with --config FILE\n",
  ]);
}, 30_000);
