import { Fault } from "../../src/base/fault.ts";
import { parseJson } from "../../src/base/json.ts";
import { CAMPAIGNS, CATEGORIES } from "../../src/wire/vocabulary.ts";
import { openSpokeLibrary } from "../files.ts";
import { openMirror } from "../library/mirror.ts";
import { readAsked, readMaxResults, type Asked } from "../recall-question.ts";
import { createRecall, type RecallReply } from "../recall.ts";
import type { SpokeContext } from "../context.ts";
import {
  CONFIG_FLAG,
  JSON_FLAG,
  readJsonFile,
  settingsOf,
  textFlag,
  type SpokeVerb,
  type VerbContext,
} from "./context.ts";
import { requireDataDir } from "./direct.ts";
import { acceptedJson, callLocalSpoke } from "./local-spoke.ts";

export const recallVerb: SpokeVerb = {
  name: "recall",
  summary: "ask what worked before, on other rigs",
  details:
    "Give an event, or what is known of the case, or words. The answer comes from this rig's copy of the library;\n" +
    "no link is needed, and no spoke has to run.",
  arguments: [{ name: "TEXT", doc: "words, when there is no event: torque pack-off", optional: true, many: true }],
  flags: [
    CONFIG_FLAG,
    { name: "event", value: "FILE", doc: "a FleetEvent as JSON, or - for standard input: finds the most alike" },
    { name: "category", value: "NAME", doc: CATEGORIES.join(", "), choices: CATEGORIES },
    { name: "campaign", value: "NAME", doc: CAMPAIGNS.join(" or "), choices: CAMPAIGNS },
    { name: "depth", value: "FEET", doc: "bit depth; decides between equals" },
    { name: "max", value: "N", doc: "how many precedents (default 5)" },
    JSON_FLAG,
  ],
  examples: [
    "fleet-spoke recall --event RIG-1-1794187658.json",
    "fleet-spoke recall --category Mechanical --campaign Production --depth 12450",
    "fleet-spoke recall torque pack-off stick-slip --max 3",
  ],
  async run({ args, flags }, context) {
    const spoke = context.contextOf(settingsOf(flags, context), "problems");
    const maxResults = readMaxResults(textFlag(flags, "max"));
    const { asked, body } = await question({ args, flags, maxResults }, context);
    const path = `/api/v1/recall?max_results=${asked.maxResults}`;
    const reply = await callLocalSpoke(spoke, { method: "POST", path, body });
    const answer = reply === undefined ? recallDirectly(spoke, asked) : (acceptedJson(reply) as RecallReply);
    context.print(flags["json"] === true ? JSON.stringify(answer) : lines(answer).join("\n"));
    return 0;
  },
};

interface Given {
  readonly args: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly maxResults: number | undefined;
}

async function question(given: Given, context: VerbContext): Promise<{ asked: Asked; body: Uint8Array }> {
  const file = textFlag(given.flags, "event");
  if (file !== undefined) {
    const body = await readJsonFile(file, context);
    return { asked: readAsked(parseJson(body), given.maxResults), body };
  }
  const fields = fieldsOf(given);
  if (Object.keys(fields).length === 0) {
    throw new Fault("usage", "fleet-spoke recall: say what to look for", "fleet-spoke recall torque pack-off");
  }
  const asked = readAsked(fields, given.maxResults);
  return { asked, body: new TextEncoder().encode(JSON.stringify(fields)) };
}

function fieldsOf({ args, flags }: Given): Record<string, unknown> {
  const text = args.join(" ").trim();
  const depth = textFlag(flags, "depth");
  return {
    ...(text === "" ? {} : { text }),
    ...(flags["category"] === undefined ? {} : { category: flags["category"] }),
    ...(flags["campaign"] === undefined ? {} : { campaign: flags["campaign"] }),
    ...(depth === undefined ? {} : { depth: depthOf(depth) }),
  };
}

function depthOf(text: string): number {
  if (/^\d{1,6}(?:\.\d+)?$/.test(text)) return Number(text);
  throw new Fault("usage", `--depth cannot be ${JSON.stringify(text)}`, "give it in feet, 12450");
}

function recallDirectly(spoke: SpokeContext, asked: Asked): RecallReply {
  requireDataDir(spoke);
  const store = openSpokeLibrary(spoke);
  try {
    const mirror = openMirror(store, () => {});
    return createRecall(spoke, mirror, () => {})(asked);
  } finally {
    store.close();
  }
}

function lines({ precedents, headline, library_version, took_us }: RecallReply): string[] {
  const shown = precedents.flatMap(({ text, why, similarity }, at) => [
    `${at + 1}. ${text}`,
    `   alike ${Math.round(100 * similarity)} %${why.length === 0 ? "" : `: ${why.join("; ")}`}`,
  ]);
  return [headline, ...shown, `library version ${library_version}, ${took_us} µs`];
}
