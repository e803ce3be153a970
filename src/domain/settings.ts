import { Fault } from "../base/fault.ts";
import { booleanSetting, choiceSetting, integerSetting, textSetting, type SettingValues } from "../base/settings.ts";
import { EVENT_BODY_MAX, EVENT_JSON_MAX, KIB, MIB } from "../base/limits.ts";
import { logLevels } from "../base/log.ts";
import { readPool } from "../base/tunnel-pool.ts";

const DAY_MAX = 36_500;

/** Every setting of the hub: flag (`--bind-address`), environment and `.env`. */
export const hubSettingTable = {
  database_url: textSetting({
    env: ["FLEET_DATABASE_URL", "DATABASE_URL"],
    doc: "PostgreSQL 15 or newer; without it the embedded database in the data directory",
    fallback: undefined,
    pattern: /^postgres(ql)?:\/\//,
    form: "must be a URL like postgres://user@host/database",
    secret: true,
  }),
  database_pool: integerSetting({
    env: "FLEET_DATABASE_POOL",
    doc: "connections to PostgreSQL",
    fallback: 10,
    min: 2,
    max: 200,
  }),
  database_prepare: booleanSetting({
    env: "FLEET_DATABASE_PREPARE",
    doc: "prepared statements; false behind pgbouncer in transaction mode",
    fallback: true,
  }),
  data_dir: textSetting({
    env: "FLEET_DATA_DIR",
    doc: "the embedded database and what can be rebuilt",
    fallback: "data",
  }),
  bind_address: textSetting({
    env: "FLEET_BIND_ADDRESS",
    doc: "address, with or without a port: 10.0.0.1, 10.0.0.1:8080, [::1]:8080",
    fallback: "127.0.0.1",
  }),
  port: integerSetting({
    env: ["FLEET_PORT", "PORT"],
    doc: "port, when the address names none; 0 takes a free one",
    fallback: 8080,
    min: 0,
    max: 65_535,
  }),
  balancers: textSetting({
    env: "FLEET_BALANCERS",
    doc: "addresses of balancers before this hub: their X-Forwarded-For is believed, nobody else's",
    fallback: "",
    pattern: /^[0-9a-fA-F:.]+(?: *, *[0-9a-fA-F:.]+)*$/,
    form: "must be addresses like 10.88.0.1,10.88.0.2",
  }),
  tls_cert: textSetting({
    env: "FLEET_TLS_CERT",
    doc: "certificate file (PEM, with its chain): the hub speaks HTTPS; a changed file is taken at the next start",
    fallback: undefined,
  }),
  tls_key: textSetting({ env: "FLEET_TLS_KEY", doc: "its key's file (PEM)", fallback: undefined }),
  admin_key: textSetting({
    env: "FLEET_ADMIN_KEY",
    doc: "the admin's key; without it the hub makes one on its first start and shows it once",
    fallback: undefined,
    pattern: /^\S{16,512}$/,
    form: "must have 16 to 512 characters and no spaces",
    secret: true,
  }),
  viewer_key: textSetting({
    env: "FLEET_VIEWER_KEY",
    doc: "a key that reads and changes nothing; without it an admin can make one on the dashboard",
    fallback: undefined,
    pattern: /^\S{16,512}$/,
    form: "must have 16 to 512 characters and no spaces",
    secret: true,
  }),
  max_payload_bytes: integerSetting({
    env: "FLEET_MAX_PAYLOAD_BYTES",
    doc: "an event's body as sent",
    fallback: EVENT_BODY_MAX,
    min: 16 * KIB,
    max: 64 * MIB,
  }),
  max_decompressed_bytes: integerSetting({
    env: "FLEET_MAX_DECOMPRESSED_BYTES",
    doc: "the same, inflated",
    fallback: EVENT_JSON_MAX,
    min: 64 * KIB,
    max: 512 * MIB,
  }),
  curation: booleanSetting({
    env: "FLEET_CURATION",
    doc: "whether this hub curates; false where another one does",
    fallback: true,
  }),
  curation_interval_s: integerSetting({
    env: ["FLEET_CURATION_INTERVAL_SECS"],
    doc: "scheduled run: sweep, age, prune",
    fallback: 3600,
    min: 10,
    max: 86_400,
  }),
  curation_quiet_ms: integerSetting({
    env: "FLEET_CURATION_QUIET_MS",
    doc: "quiet after the last arrival before a run",
    fallback: 2000,
    min: 0,
    max: 60_000,
  }),
  curation_wait_max_ms: integerSetting({
    env: "FLEET_CURATION_WAIT_MAX_MS",
    doc: "a run starts at latest this long after an arrival",
    fallback: 4000,
    min: 0,
    max: 600_000,
  }),
  library_max_episodes: integerSetting({
    env: "FLEET_LIBRARY_MAX_EPISODES",
    doc: "active episodes; above it the lowest scores are archived",
    fallback: 50_000,
    min: 1,
    max: 5_000_000,
  }),
  prune_max_age_days: integerSetting({
    env: "FLEET_PRUNING_MAX_AGE_DAYS",
    doc: "older episodes are archived",
    fallback: 365,
    min: 1,
    max: DAY_MAX,
  }),
  prune_false_positive_days: integerSetting({
    env: "FLEET_PRUNING_FALSE_POSITIVE_DAYS",
    doc: "older false alarms are archived",
    fallback: 90,
    min: 1,
    max: DAY_MAX,
  }),
  prune_pending_days: integerSetting({
    env: "FLEET_PRUNING_PENDING_DAYS",
    doc: "older unanswered episodes sink to score 0.05",
    fallback: 30,
    min: 1,
    max: DAY_MAX,
  }),
  prune_grace_days: integerSetting({
    env: "FLEET_PRUNING_GRACE_DAYS",
    doc: "an episode that arrived late stays at least this long, so that every rig can pull it",
    fallback: 7,
    min: 0,
    max: DAY_MAX,
  }),
  tombstone_days: integerSetting({
    env: "FLEET_TOMBSTONE_DAYS",
    doc: "how long removed episodes are told to rigs; older cursors get the whole library",
    fallback: 90,
    min: 1,
    max: DAY_MAX,
  }),
  key_overlap_hours: integerSetting({
    env: "FLEET_KEY_OVERLAP_HOURS",
    doc: "how long a rotated key stays good",
    fallback: 72,
    min: 0,
    max: 8760,
  }),
  wg_pool: textSetting({
    env: "FLEET_WG_POOL",
    doc: "addresses of the WireGuard tunnel: a private network from /8 to /20 that is used nowhere else",
    fallback: "10.88.0.0/16",
    pattern: /^\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}$/,
    form: "must be an IPv4 network like 10.88.0.0/16",
  }),
  wg_peers_file: textSetting({
    env: "FLEET_WG_PEERS_FILE",
    doc: "where this hub tells its machine's gateway who may come in, /run/fleet-hub/wg-peers.json; not told when absent",
    fallback: undefined,
  }),
  wg_handshakes_file: textSetting({
    env: "FLEET_WG_HANDSHAKES_FILE",
    doc: "where the gateway's service tells the ages of handshakes, /run/fleet-hub-wg/handshakes.json",
    fallback: undefined,
  }),
  drain_s: integerSetting({
    env: "FLEET_DRAIN_SECS",
    doc: "SIGTERM: how long running requests may take to finish",
    fallback: 30,
    min: 1,
    max: 600,
  }),
  downloads_dir: textSetting({
    env: "FLEET_DOWNLOADS_DIR",
    doc: "a folder of releases, as npm run package makes it: rigs fetch theirs from /dl; without one none is given",
    fallback: undefined,
  }),
  demo: booleanSetting({
    env: "FLEET_DEMO",
    doc: "every page says that its data is made up",
    fallback: false,
  }),
  log_level: choiceSetting({
    env: "FLEET_LOG_LEVEL",
    doc: "least level that is written",
    fallback: "info",
    choices: logLevels,
  }),
} as const;

export type HubSettings = SettingValues<typeof hubSettingTable>;

/** What no setting can tell alone. Faults: `config`. */
export function checkSettings({ admin_key, viewer_key, wg_pool }: HubSettings): void {
  readPool(wg_pool);
  if (viewer_key === undefined || viewer_key !== admin_key) return;
  throw new Fault("config", "FLEET_VIEWER_KEY is the admin's key", "give viewers a key of their own, or none");
}
