import { MIB, KIB } from "../src/base/limits.ts";
import { logLevels } from "../src/base/log.ts";
import {
  booleanSetting,
  choiceSetting,
  integerSetting,
  readSettings,
  textSetting,
  wordsSetting,
  type SettingSource,
  type SettingValues,
} from "../src/base/settings.ts";
import { hubUrlSetting, keySetting, listenSetting, rigIdSetting, urlSetting } from "./setting-forms.ts";

/** Every setting of the spoke: `[fleet]` of its TOML file, and the environment, which is stronger. */
export const spokeSettingTable = {
  enabled: booleanSetting({
    env: "FLEET_ENABLED",
    doc: "false keeps everything on the rig: events queue up and recall answers, nothing is sent or pulled",
    fallback: true,
  }),
  hub_url: hubUrlSetting({ env: "FLEET_HUB_URL", doc: "the hub, http://10.88.0.1:8080" }),
  api_key: keySetting({
    env: "FLEET_API_KEY",
    doc: "this rig's key, as `fleet-spoke enroll` wrote it or `fleet-hub rig register` printed it",
  }),
  api_key_file: textSetting({
    env: "FLEET_API_KEY_FILE",
    doc: "a file that holds the key and nothing else, instead of api_key",
    fallback: undefined,
  }),
  rig_id: rigIdSetting({ env: "FLEET_RIG_ID", doc: "this rig's name, as the hub knows it" }),
  hub_ca_file: textSetting({
    env: "FLEET_HUB_CA_FILE",
    doc: "certificates (PEM) to trust beside the usual ones, for a hub with one of your own making",
    fallback: undefined,
  }),
  upload_interval_secs: integerSetting({
    env: "FLEET_UPLOAD_INTERVAL_SECS",
    doc: "how often the queue is looked at when nothing new wakes it",
    fallback: 300,
    min: 1,
    max: 86_400,
  }),
  sync_interval_secs: integerSetting({
    env: "FLEET_SYNC_INTERVAL_SECS",
    doc: "how often the library is pulled",
    fallback: 21_600,
    min: 1,
    max: 7 * 86_400,
  }),
  sync_jitter_secs: integerSetting({
    env: "FLEET_SYNC_JITTER_SECS",
    doc: "a pull comes up to this much earlier or later (at most half the interval), so that rigs do not come together",
    fallback: 1800,
    min: 0,
    max: 86_400,
  }),
  data_dir: textSetting({
    env: "FLEET_DATA_DIR",
    doc: "where the queue and the library are kept",
    fallback: "/var/lib/fleet-spoke",
  }),
  listen: listenSetting({ env: "FLEET_LISTEN", doc: "the spoke's own address, on this machine only" }),
  queue_dir: textSetting({
    env: "FLEET_QUEUE_DIR",
    doc: "the rig software's upload folder, taken up file by file",
    fallback: undefined,
  }),
  sairen_url: urlSetting({
    env: "FLEET_SAIREN_URL",
    doc: "the rig software's own API, whose acknowledgments are polled: http://127.0.0.1:8080",
  }),
  queue_max_events: integerSetting({
    env: "FLEET_QUEUE_MAX_EVENTS",
    doc: "events that may wait; above it the least worth is dropped, with a receipt",
    fallback: 1000,
    min: 1,
    max: 1_000_000,
  }),
  queue_max_bytes: integerSetting({
    env: "FLEET_QUEUE_MAX_BYTES",
    doc: "the same in bytes on disk",
    fallback: 64 * MIB,
    min: 64 * KIB,
    max: 64 * KIB * MIB,
  }),
  sent_keep_days: integerSetting({
    env: "FLEET_SENT_KEEP_DAYS",
    doc: "how long a sent event is kept, in case the hub is restored from a backup",
    fallback: 30,
    min: 0,
    max: 3650,
  }),
  library_max_episodes: integerSetting({
    env: "FLEET_LIBRARY_MAX_EPISODES",
    doc: "episodes kept on the rig, the best by score",
    fallback: 10_000,
    min: 1,
    max: 1_000_000,
  }),
  request_timeout_secs: integerSetting({
    env: "FLEET_REQUEST_TIMEOUT_SECS",
    doc: "how long a small request to the hub may take; large ones get more, by their size",
    fallback: 60,
    min: 1,
    max: 3600,
  }),
  upgrade_bytes_per_day: integerSetting({
    env: "FLEET_UPGRADE_BYTES_PER_DAY",
    doc: "what fetching a release may take of the link each day (UTC); the rest comes on the next",
    fallback: 16 * MIB,
    min: 64 * KIB,
    max: 64 * KIB * MIB,
  }),
  dismissed_words: wordsSetting({
    env: "FLEET_DISMISSED_WORDS",
    doc: "words of a driller that make an advisory a false alarm",
    fallback: ["dismissed", "dismiss", "false_alarm", "false alarm", "false_positive", "false positive", "not valid"],
  }),
  escalated_words: wordsSetting({
    env: "FLEET_ESCALATED_WORDS",
    doc: "words of a driller that hand an advisory up",
    fallback: ["escalated", "escalate", "escalated_to_town", "handed up"],
  }),
  log_level: choiceSetting({
    env: "FLEET_LOG_LEVEL",
    doc: "least level that is written",
    fallback: "info",
    choices: logLevels,
  }),
} as const;

export type SpokeSettings = SettingValues<typeof spokeSettingTable>;

/** What a rig cannot do without: asked for when no other source has it. */
const REQUIRED: ReadonlySet<string> = new Set(["hub_url", "rig_id"]);

const requiredSource: SettingSource = {
  get: (key) => (REQUIRED.has(key) ? { raw: undefined, name: key } : undefined),
};

/** Strongest source first. All that is wrong is told at once, but for a missing key. Faults: `config`. */
export function readSpokeSettings(sources: readonly SettingSource[]): SpokeSettings {
  return readSettings(spokeSettingTable, [...sources, requiredSource]);
}
