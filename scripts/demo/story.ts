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
  const before = await step(
    "curated into the library",
    () => curated(hubUrl, adminKey),
    (total) => `${total} episodes in the library`,
  );
  await step(
    `pulled by ${b}`,
    () => pulled(second, like, (found) => found !== undefined, precedent),
    () => `${b} knows the case`,
  );
  const asked = await step(`${b} asks what worked before`, () => ask(second, like, precedent), recalled);
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
    () => pulled(second, like, (found) => typeof found?.outcome === "object" && "Resolved" in found.outcome, precedent),
    ({ score }) => `score ${asked.score.toFixed(2)} → ${(score ?? 0).toFixed(2)}`,
  );
  await step(
    "the score went up",
    async () => check((better.score ?? 0) > asked.score, "it did not"),
    () => `${before} episodes`,
  );
  const again = await ask(second, like, precedent);
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

/** A rig pulls every six hours; here it is asked to at once, as `fleet-spoke sync` does. */
async function pulled(
  rig: DemoRig,
  like: FleetEvent,
  good: (episode: FleetEpisode | undefined) => boolean,
  id: string,
): Promise<FleetEpisode> {
  return eventually(`${rig.rigId} pulls`, CURATED_MS, async () => {
    await rig.side.sync();
    const found = (await rig.side.recall(like)).precedents.find(({ episode }) => episode.id === id)?.episode;
    return good(found) ? found : undefined;
  });
}

interface Answer {
  readonly text: string;
  readonly why: readonly string[] | string;
  readonly score: number;
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

async function ask(rig: DemoRig, like: FleetEvent, id: string): Promise<Answer> {
  const answer: Recall = await rig.side.recall(like);
  const [best] = answer.precedents;
  check(
    best !== undefined && best.episode.id === id,
    `the closest precedent is ${best?.episode.id ?? "none"}, not ${id}`,
  );
  return {
    text: best?.text ?? "",
    why: best?.why ?? [],
    score: best?.episode.score ?? 0,
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
