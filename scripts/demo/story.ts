import type { FleetEpisode } from "../../src/wire/episode.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import { episodeId } from "../../src/wire/identity.ts";
import { call, type Recall } from "./api.ts";
import type { DemoRig } from "./fleet.ts";
import { eventually } from "./process.ts";

/** An accepted event or outcome is in the library within 5 s by default; the rest is a slow machine's. */
const CURATED_MS = 30_000;
const LINK_MS = 30_000;

export interface StoryStep {
  readonly step: string;
  readonly took_ms: number;
}

export interface StoryOptions {
  readonly hubUrl: string;
  readonly adminKey: string;
  /** Met it first. */
  readonly first: DemoRig;
  /** Meets the like later, and asks. */
  readonly second: DemoRig;
  readonly event: FleetEvent;
  readonly like: FleetEvent;
  readonly say: (line: string) => void;
}

const ACTION = "Shut in, circulated the kick out with the driller's method, raised mud weight 0.6 ppg";
const NOTES = "Gain of 8 bbl in the active pit at a drilling break. Well static afterwards.";

/** The loop as it happens: one rig's event helps another, and its outcome helps it more. Throws at the step that fails. */
export async function tellStory({
  hubUrl,
  adminKey,
  first,
  second,
  event,
  like,
  say,
}: StoryOptions): Promise<StoryStep[]> {
  const steps: StoryStep[] = [];
  async function step<T>(name: string, run: () => Promise<T>, tell: (result: T) => string): Promise<T> {
    const started = performance.now();
    try {
      const result = await run();
      const took_ms = performance.now() - started;
      steps.push({ step: name, took_ms });
      say(`${name.padEnd(34)} ${duration(took_ms).padStart(9)}  ${tell(result)}`);
      return result;
    } catch (error) {
      throw new Error(`step "${name}" failed: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
  const precedent = episodeId(event.id);
  const [a, b] = [first.rigId, second.rigId];

  const begun = await libraryVersion(hubUrl, adminKey);
  await step(
    `queued on ${a}`,
    () => first.side.enqueue(event),
    ({ id, status }) => `${event.advisory.risk_level} event ${id} ${status}`,
  );
  await step(
    "uploaded to the hub",
    () => uploaded(first),
    () => "the rig's queue is empty",
  );
  const total = await step(
    "curated into the library",
    () => curated(hubUrl, adminKey),
    (episodes) => `${episodes} episodes in the library`,
  );
  const pending = await step(
    `pulled by ${b}`,
    () => pulled({ hubUrl, adminKey, rig: second, since: begun }, precedent),
    () => `${b} has all that the hub knows`,
  );
  const asked = await step(`${b} asks what worked before`, () => ask(second, like), recalled);
  say(`    ${asked.text}`);
  say(`    because ${[asked.why].flat().join(", ")}`);
  await step(
    `${a}'s driller resolves it`,
    () => first.side.acknowledge(event, ACTION, NOTES),
    () => ACTION,
  );
  await step(
    "the outcome is at the hub",
    () => uploaded(first),
    () => "nothing waits on the rig",
  );
  const better = await step(
    `the better episode reaches ${b}`,
    () => resolved(second, like, precedent),
    ({ score }) => `score ${(pending.score ?? 0).toFixed(2)} → ${(score ?? 0).toFixed(2)}`,
  );
  await step(
    "the score went up",
    async () => check((better.score ?? 0) > (pending.score ?? 0), "it did not"),
    () => `${total} episodes`,
  );
  const again = await ask(second, like);
  say(`    ${again.text}`);
  return steps;
}

async function uploaded({ side }: DemoRig): Promise<true> {
  return eventually("the queue empties", LINK_MS, async () => {
    const { queue } = await side.status();
    check(queue.refused === 0, `the hub refused ${queue.refused} events`);
    return queue.pending + queue.outcomes_pending === 0 ? true : undefined;
  });
}

async function curated(hubUrl: string, adminKey: string): Promise<number> {
  return eventually("the library grows", CURATED_MS, async () => {
    const { curation_backlog } = await call<{ curation_backlog: number }>("GET", `${hubUrl}/api/fleet/health`);
    const { total } = await call<{ total: number }>("GET", `${hubUrl}/api/fleet/library/stats`, { key: adminKey });
    return curation_backlog === 0 && total > 0 ? total : undefined;
  });
}

interface Pull {
  readonly hubUrl: string;
  readonly adminKey: string;
  readonly rig: DemoRig;
  /** The library's version before the story. */
  readonly since: number;
}

/** A rig pulls every six hours; here it is asked to at once, as `fleet-spoke sync` does. */
async function pulled({ hubUrl, adminKey, rig, since }: Pull, id: string): Promise<FleetEpisode> {
  return eventually(`${rig.rigId} pulls`, CURATED_MS, async () => {
    await rig.side.sync();
    const { library } = await rig.side.status();
    if (library.version < (await libraryVersion(hubUrl, adminKey))) return undefined;
    const url = `${hubUrl}/api/fleet/library?since=${since}`;
    const { episodes } = await call<{ episodes: FleetEpisode[] }>("GET", url, { key: rig.key });
    return episodes.find((episode) => episode.id === id);
  });
}

/** Once it is answered, it is among the precedents that the rig is given. */
async function resolved(rig: DemoRig, like: FleetEvent, id: string): Promise<FleetEpisode> {
  return eventually(`${rig.rigId} pulls`, CURATED_MS, async () => {
    await rig.side.sync();
    const found = (await rig.side.recall(like)).precedents.find(({ episode }) => episode.id === id)?.episode;
    return typeof found?.outcome === "object" && "Resolved" in found.outcome ? found : undefined;
  });
}

async function libraryVersion(hubUrl: string, adminKey: string): Promise<number> {
  return (await call<{ version: number }>("GET", `${hubUrl}/api/fleet/library/stats`, { key: adminKey })).version;
}

interface Answer {
  readonly text: string;
  readonly why: readonly string[] | string;
  readonly similarity: number;
  readonly tookUs: number;
  /** Median of the answers after the first, when the code is warm. */
  readonly warmUs: number;
}

const WARM_ANSWERS = 21;

async function warmAnswerUs(rig: DemoRig, like: FleetEvent): Promise<number> {
  const took: number[] = [];
  for (let at = 0; at < WARM_ANSWERS; at++) took.push((await rig.side.recall(like)).took_us);
  return took.toSorted((left, right) => left - right)[Math.floor(WARM_ANSWERS / 2)] ?? 0;
}

async function ask(rig: DemoRig, like: FleetEvent): Promise<Answer> {
  const answer: Recall = await rig.side.recall(like);
  const [best] = answer.precedents;
  check(best !== undefined, "there is no precedent");
  return {
    text: best?.text ?? "",
    why: best?.why ?? [],
    similarity: best?.similarity ?? 0,
    tookUs: answer.took_us,
    warmUs: await warmAnswerUs(rig, like),
  };
}

function recalled({ similarity, tookUs, warmUs }: Answer): string {
  const figures = `${tookUs.toFixed(0)} µs at first, ${warmUs.toFixed(0)} µs once warm`;
  return `answered from memory in ${figures}; similarity ${similarity.toFixed(2)}`;
}

function check(holds: boolean, problem: string): void {
  if (!holds) throw new Error(problem);
}

export function duration(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
