import { expect, test } from "bun:test";
import { silentNotify } from "../../src/base/notify.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../src/base/fault.ts";
import type { Net } from "../../src/base/net.ts";
import { parseCommand } from "../../src/base/verbs.ts";
import { createSpoke, type Spoke } from "../../spoke/spoke.ts";
import { beginReplacement } from "../../spoke/replace-file.ts";
import type { VerbContext } from "../../spoke/verbs/context.ts";
import { spokeProgram } from "../../spoke/verbs/program.ts";
import { anEvent } from "../support/builders.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { anEpisode } from "../support/library-hub.ts";
import { playedHub, type PlayedHub } from "../support/played-hub.ts";
import { rigContext } from "../support/rig.ts";
import { temporaryDirectory } from "../support/temporary.ts";

interface Bench {
  readonly hub: PlayedHub;
  /** Returns the exit code and what was printed. */
  readonly run: (...argv: string[]) => Promise<{ code: number; printed: string }>;
  /** A spoke of the same settings that answers on its address. */
  readonly start: () => Promise<Spoke>;
}

const SINGLE = join(FIXTURES, "single-event.json");

function bench(): Bench {
  const hub = playedHub();
  const environment = {
    FLEET_HUB_URL: "http://hub.test:8080",
    FLEET_API_KEY: `sk-fleet-${"k".repeat(43)}`,
    FLEET_RIG_ID: "RIG-ALPHA-7",
    FLEET_DATA_DIR: join(temporaryDirectory(), "rig"),
  };
  let running: Spoke | undefined;
  const net: Net = {
    async send(request, deadlineMs) {
      if (!request.url.startsWith("http://127.0.0.1:8790/")) return hub.net.send(request, deadlineMs);
      if (running === undefined) throw new Fault("unavailable", "ECONNREFUSED");
      const { method, headers, body } = request;
      const sent = body === undefined ? {} : { body: new TextDecoder().decode(body) };
      const reply = await running.handle(new Request(request.url, { method, headers: { ...headers }, ...sent }));
      return { status: reply.status, headers: {}, body: new Uint8Array(await reply.arrayBuffer()) };
    },
  };
  const lines: string[] = [];
  const context: VerbContext = {
    environment,
    readText: (path) => readFileSync(path, "utf8"),
    readFile: (path) => Bun.file(path).bytes(),
    print: (text) => lines.push(text),
    contextOf: (settings) => rigContext({ net, settings }),
    serve: () => {
      throw new Error("no verb but run serves");
    },
    net,
    beginReplacement,
    stopping: new AbortController().signal,
    notify: silentNotify,
  };
  return {
    hub,
    async run(...argv) {
      const parsed = parseCommand(spokeProgram, argv);
      if ("help" in parsed) return { code: 0, printed: parsed.help };
      const code = await parsed.verb.run(parsed.call, context);
      return { code, printed: lines.splice(0).join("\n") };
    },
    async start() {
      const settings = { rig_id: environment.FLEET_RIG_ID, data_dir: environment.FLEET_DATA_DIR };
      running = await createSpoke(rigContext({ net, settings }));
      return running;
    },
  };
}

for (const withSpoke of [true, false]) {
  const how = withSpoke ? "with a spoke running" : "with none running";
  test(`enqueue, ack, sync, recall and status do their work ${how}`, async () => {
    const { hub, run, start } = bench();
    const spoke = withSpoke ? await start() : undefined;
    hub.library.put(anEpisode());
    expect(await run("enqueue", SINGLE)).toEqual({ code: 0, printed: `${SINGLE}: RIG-ALPHA-7-1794187658 queued` });
    expect((await run("enqueue", SINGLE)).printed).toContain("was queued already");
    const ack = await run("ack", "1794187658", "--by", "toolpusher", "--action", "shut_in", "--notes", "static");
    expect(ack).toEqual({ code: 0, printed: "advisory 1794187658: acknowledged by toolpusher" });
    expect((await run("sync")).printed).toStartWith("library version 1: 1 taken, 0 removed, 1 pages in ");
    const recalled = await run("recall", "well", "control");
    expect(recalled.printed).toContain(
      "by category only\n1. PRECEDENT [High] WellControl: Medium at 9898ft (rig RIG-9",
    );
    const asJson = await run("recall", "--event", SINGLE, "--max", "1", "--json");
    expect(JSON.parse(asJson.printed)).toMatchObject({
      precedents: [{ episode: { rig_id: "RIG-9" } }],
      library_version: 1,
    });
    const status = await run("status", "--json");
    expect(status.code).toBe(withSpoke ? 0 : 1);
    expect(JSON.parse(status.printed)).toMatchObject({
      running: withSpoke,
      queue: { pending: 1, outcomes_pending: 1 },
      library: { version: 1, episodes: 1 },
    });
    expect((await run("status")).printed).toContain("queue    1 waiting");
    await spoke?.stop();
  });
}

test("what was put into the queue directly leaves with the next start", async () => {
  const { hub, run, start } = bench();
  await run("enqueue", SINGLE);
  const spoke = await start();
  spoke.start();
  const startedMs = performance.now();
  while (hub.events.length === 0 && performance.now() - startedMs < 10_000) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(hub.events).toEqual(["RIG-ALPHA-7-1794187658"]);
  await spoke.stop();
});

test("a file that is no event of this rig is refused with its reason, the others are taken, and the exit code tells", async () => {
  const { run } = bench();
  const foreign = join(temporaryDirectory(), "foreign.json");
  await Bun.write(foreign, JSON.stringify(anEvent()));
  const { code, printed } = await run("enqueue", foreign, "/nowhere.json", SINGLE);
  expect(code).toBe(1);
  expect(printed).toContain(`${foreign}: refused, the event is of RIG-1, this rig is RIG-ALPHA-7`);
  expect(printed).toContain("/nowhere.json: refused, /nowhere.json cannot be read (ENOENT)");
  expect(printed).toContain(`${SINGLE}: RIG-ALPHA-7-1794187658 queued`);
});

test.each([
  [["recall"], "say what to look for"],
  [["recall", "--event", "/nowhere.json"], "/nowhere.json cannot be read (ENOENT)"],
  [["recall", "--category", "Mechanicel"], "did you mean Mechanical?"],
  [["recall", "--depth", "deep", "x"], '--depth cannot be "deep"'],
  [["ack", "yesterday"], 'TIMESTAMP cannot be "yesterday"'],
  [["ack"], "TIMESTAMP is missing"],
  [["enqueue"], "FILE is missing"],
  [["stat"], "did you mean status?"],
])("%p is answered with the way out", async (argv, reason) => {
  const { run } = bench();
  const refused = async (): Promise<unknown> => run(...argv);
  expect(refused()).rejects.toThrow(
    expect.objectContaining({ code: "usage", sentence: expect.stringContaining(reason) }) as Error,
  );
});

test("status and recall on a rig where no spoke ever ran say how to start one", async () => {
  const { run } = bench();
  for (const argv of [["status"], ["recall", "kick"]]) {
    expect(run(...argv)).rejects.toThrow(
      expect.objectContaining({ code: "not_found", hint: "start the spoke once: fleet-spoke run" }) as Error,
    );
  }
});

test("check tells programs in JSON", async () => {
  const { code, printed } = await bench().run("check", "--json");
  expect([code, JSON.parse(printed)]).toEqual([0, [{ level: "ok", what: "settings", fact: "good" }]]);
});

test("the doctor finds the spoke that runs and the hub, and puts no key into its archive", async () => {
  const { run, start } = bench();
  const spoke = await start();
  const path = join(temporaryDirectory(), "bundle.json");
  const { printed } = await run("doctor", "--bundle", path);
  expect(printed).toContain("ok   spoke: version ");
  expect(readFileSync(path, "utf8")).toContain('"api_key": "(given)"');
  expect(readFileSync(path, "utf8") + printed).not.toContain("kkkkkkkk");
  await spoke.stop();
});

test("check shows every setting and hides the key", async () => {
  const { code, printed } = await bench().run("check");
  expect(code).toBe(0);
  expect(printed).toContain('hub_url = "http://hub.test:8080"');
  expect(printed).toContain('listen = "127.0.0.1:8790"');
  expect(printed).toContain("api_key = (given)");
  expect(printed).not.toContain("kkkk");
});

test("every verb has a help that shows its flags, and those with a use an example", async () => {
  const { run } = bench();
  for (const { name, examples } of spokeProgram.verbs) {
    const { printed } = await run("help", name);
    expect(printed).toStartWith(`fleet-spoke ${name}`);
    if (name !== "version") expect(examples?.length).toBeGreaterThan(0);
  }
  expect((await run("--help")).printed).toContain("upload_interval_secs (FLEET_UPLOAD_INTERVAL_SECS)");
});
