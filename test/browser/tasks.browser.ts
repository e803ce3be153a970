import { afterAll, beforeAll, expect, test } from "bun:test";
import { suiteBrowser } from "./support/chromium.ts";
import { openVisitor } from "./support/visitor.ts";
import { doesTheBackupRestore, whoRevokedInMay } from "./tasks/audit.ts";
import { whyThisScore } from "./tasks/episode.ts";
import { isTheFleetWell, whichRigsAreSilent } from "./tasks/fleet.ts";
import { aCriticalCameIn, didTheOthersGetIt, stageIncident, type Incident } from "./tasks/incident.ts";
import { whatWorked } from "./tasks/lessons.ts";
import { clearTheQuarantine } from "./tasks/quarantine.ts";
import { enrolARig, revokeALostRig, rotateAKey } from "./tasks/rigs.ts";
import { tasksHub } from "./tasks/stage.ts";
import { isMet, scoreLine, tell, type Goal, type Score, type Story } from "./tasks/story.ts";

const PREPARE_MS = 120_000;

const browser = suiteBrowser();
const hub = tasksHub();
const scores: Score[] = [];
let incident: Incident;
beforeAll(async () => {
  incident = await stageIncident(hub());
  // A hub at work has been asked before: its first page compiles what the next ones use.
  const early = await openVisitor(browser(), hub());
  await early.go("/");
  await early.close();
}, PREPARE_MS);
afterAll(() => void process.stdout.write(`\n${scores.map(scoreLine).join("\n")}\n`));

function task(goal: Goal, act: (story: Story) => Promise<void>): void {
  test(goal.task, async () => {
    const score = await tell({ browser: browser(), hub: hub() }, goal, act);
    scores.push(score);
    expect(isMet(score), scoreLine(score)).toBe(true);
  });
}

task({ task: "1 the fleet is well or not, and how old that is", clicks: 0, withinMs: 1500 }, isTheFleetWell);
task({ task: "2 silent rigs, since when, and the same for a colleague", clicks: 1 }, whichRigsAreSilent);
task({ task: "3 a Critical came in: four answers on the first screen", clicks: 1, withinMs: 10_000 }, (story) =>
  aCriticalCameIn(story, incident),
);
task({ task: "4 which rigs got it and which not, and why", clicks: 0 }, (story) => didTheOthersGetIt(story, incident));
task({ task: "5 why this score, and why these were merged", clicks: 1 }, whyThisScore);
task({ task: "6 all quarantined events of one reason are cleared", clicks: 4, withinMs: 20_000 }, clearTheQuarantine);
task({ task: "7 a rig is enrolled, and its page says connected", clicks: 2 }, enrolARig);
task({ task: "8a a lost rig is revoked, and its next request refused", clicks: 3 }, revokeALostRig);
task({ task: "8b a key is rotated while the rig sends, from its page", clicks: 2 }, rotateAKey);
task({ task: "9 what worked in P&A at 9,000 to 11,000 ft, with its events", clicks: 3 }, whatWorked);
task({ task: "10a who revoked what in May, as CSV", clicks: 3 }, whoRevokedInMay);
task({ task: "10b when a backup was last restored and compared", clicks: 1 }, doesTheBackupRestore);
