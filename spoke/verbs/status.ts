import type { SpokeContext } from "../context.ts";
import { openSpokeLibrary } from "../files.ts";
import { spokeStatus, type SpokeStatus } from "../status.ts";
import { CONFIG_FLAG, JSON_FLAG, settingsOf, type SpokeVerb } from "./context.ts";
import { openBeside, requireDataDir } from "./direct.ts";
import { acceptedJson, callLocalSpoke } from "./local-spoke.ts";

export const statusVerb: SpokeVerb = {
  name: "status",
  summary: "show queue, library and link",
  details: "Exits 0 when a spoke runs here, 1 when none does; what lies on disk is shown either way.",
  flags: [CONFIG_FLAG, JSON_FLAG],
  examples: ["fleet-spoke status", "fleet-spoke status --json | jq .queue.pending"],
  async run({ flags }, context) {
    const spoke = context.contextOf(settingsOf(flags, context), "problems");
    const reply = await callLocalSpoke(spoke, { method: "GET", path: "/api/v1/status" });
    const status = reply === undefined ? statusOnDisk(spoke) : (acceptedJson(reply) as SpokeStatus);
    const shown = { running: reply !== undefined, ...status };
    context.print(flags["json"] === true ? JSON.stringify(shown) : lines(shown, spoke.clock.now()).join("\n"));
    return reply === undefined ? 1 : 0;
  },
};

function statusOnDisk(spoke: SpokeContext): SpokeStatus {
  requireDataDir(spoke);
  const queue = openBeside(spoke);
  const store = openSpokeLibrary(spoke);
  try {
    return spokeStatus({ settings: spoke.settings, queue, store });
  } finally {
    store.close();
    queue.close();
  }
}

function lines({ running, rig_id, queue, library, hub }: SpokeStatus & { running: boolean }, nowMs: number): string[] {
  const ago = (timeS: number | null): string => (timeS === null ? "never" : `${age(nowMs / 1000 - timeS)} ago`);
  const reachable = hub.reachable === null ? "not asked yet" : hub.reachable ? "reachable" : "unreachable";
  const dropped = Object.values(queue.dropped).reduce((sum, events) => sum + events, 0);
  const problem = library.last_problem === null ? "" : ` (${library.last_problem})`;
  return [
    `rig      ${rig_id}, ${running ? "spoke running" : "no spoke runs here"}`,
    `queue    ${queue.pending} waiting (${Math.ceil(queue.bytes / 1024)} KiB), ${queue.refused} set aside, ` +
      `${queue.outcomes_pending} outcomes waiting, ${dropped} dropped`,
    `library  version ${library.version}, ${library.episodes} episodes, pulled ${ago(library.last_sync)}${problem}`,
    `hub      ${hub.url}, ${running ? reachable : "not asked"}, last contact ${ago(hub.last_contact)}`,
  ];
}

const UNITS: readonly (readonly [string, number])[] = [
  ["days", 86_400],
  ["hours", 3600],
  ["minutes", 60],
];

/** In the largest unit of which there are two: 119 seconds, 47 hours. */
function age(seconds: number): string {
  const [name, unit] = UNITS.find(([, length]) => seconds >= 2 * length) ?? ["seconds", 1];
  return `${Math.max(0, Math.floor(seconds / unit))} ${name}`;
}
