import { expect, test } from "bun:test";
import { Fault } from "../../src/base/fault.ts";
import { loadSettings } from "../../spoke/load-settings.ts";
import { spokeSettingTable, type SpokeSettings } from "../../spoke/settings.ts";

const KEY = `sk-fleet-${"k".repeat(43)}`;
const FILE = "fleet.toml";
const SOUND = `
# The rig software's own section is none of ours.
[well]
name = "WOLFCAMP-23H"

[fleet]
hub_url = "http://10.88.0.1:8080/"
rig_id = "RIG-1"
upload_interval_secs = 60
dismissed_words = ["nothing", "false alarm"]
`;

function load(toml: string, environment: Record<string, string> = { FLEET_API_KEY: KEY }): SpokeSettings {
  const files: Record<string, string> = { [FILE]: toml, "key.txt": `${KEY}\n`, "empty.txt": "\n" };
  return loadSettings(FILE, {
    environment,
    readText(path) {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error("missing"), { code: "ENOENT" });
      return text;
    },
  });
}

function refusal(toml: string, environment?: Record<string, string>): string {
  try {
    load(toml, environment);
  } catch (error) {
    if (error instanceof Fault && error.code === "config") return error.sentence;
    throw error;
  }
  throw new Error("the settings were taken");
}

const fleet = (lines: string): string => `[fleet]\nhub_url = "http://hub:8080"\nrig_id = "RIG-1"\n${lines}\n`;

test("the [fleet] section and the environment make the settings, the rest stays as it is", () => {
  const settings = load(SOUND);
  expect(settings).toMatchObject({
    enabled: true,
    hub_url: "http://10.88.0.1:8080",
    rig_id: "RIG-1",
    api_key: KEY,
    upload_interval_secs: 60,
    sync_interval_secs: 21_600,
    sync_jitter_secs: 1800,
    listen: { hostname: "127.0.0.1", port: 8790 },
    queue_max_events: 1000,
    library_max_episodes: 10_000,
    dismissed_words: ["nothing", "false alarm"],
  });
});

test("every setting comes by environment too, stronger than the file", () => {
  for (const [name, { env }] of Object.entries(spokeSettingTable)) expect(env).toEqual([`FLEET_${name.toUpperCase()}`]);
  const settings = load(SOUND, { FLEET_API_KEY: KEY, FLEET_UPLOAD_INTERVAL_SECS: "5", FLEET_LISTEN: "[::1]:9000" });
  expect(settings.upload_interval_secs).toBe(5);
  expect(settings.listen).toEqual({ hostname: "::1", port: 9000 });
});

test("without a file the environment is enough", () => {
  const environment = { FLEET_API_KEY: KEY, FLEET_HUB_URL: "https://hub", FLEET_RIG_ID: "RIG-2" };
  const settings = loadSettings(undefined, { environment, readText: () => "" });
  expect(settings).toMatchObject({ hub_url: "https://hub", rig_id: "RIG-2" });
});

test.each([
  [
    fleet("upload_interval_secs = 0"),
    "fleet.toml line 4: upload_interval_secs must be a whole number from 1 to 86400, not 0",
  ],
  [
    fleet('sync_jitter_secs = "soon"'),
    'fleet.toml line 4: sync_jitter_secs must be a whole number from 0 to 86400, not "soon"',
  ],
  [
    fleet("upload_intervall_secs = 5"),
    "fleet.toml line 4: no setting is called upload_intervall_secs; did you mean upload_interval_secs?",
  ],
  [
    fleet('listen = "0.0.0.0:8790"'),
    'fleet.toml line 4: listen must stay on this machine: use "127.0.0.1:8790" and reach it',
  ],
  [fleet('listen = "127.0.0.1:99999"'), "must be an address like"],
  [fleet('log_level = "inf"'), "did you mean info?"],
  [fleet("queue_dir = 5"), "fleet.toml line 4: queue_dir must be a text in quotes, not 5"],
  [
    '[fleet]\nhub_url = "hub:8080"\nrig_id = "RIG-1"',
    "fleet.toml line 2: hub_url must be a URL like http://10.88.0.1:8080",
  ],
  ['[fleet]\nhub_url = "http://u:secret@hub"\nrig_id = "RIG-1"', "without key, query or user"],
  [
    '[fleet]\nhub_url = "http://hub"\nrig_id = "-"',
    'fleet.toml line 3: rig_id must be this rig\'s name, as it stands in its events, not "-"',
  ],
  ['[fleet]\nhub_url = "http://hub"', "rig_id must be this rig's name, as it stands in its events, not absent"],
  [
    'hub_url = "http://hub"\n[fleet]\nrig_id = "RIG-1"',
    "fleet.toml line 1: hub_url stands outside [fleet]: put [fleet] above it",
  ],
  ['[fleat]\nhub_url = "http://hub"', "fleet.toml: no section [fleet], but [fleat]: call it [fleet]"],
  ['[fleet]\nhub_url = "http://hub\n', "fleet.toml line 2, column"],
])("a wrong file is refused with its line, its field and the way out (%#)", (toml, reason) => {
  expect(refusal(toml)).toContain(reason);
});

test("all that is wrong is told at once", () => {
  const told = refusal('[fleet]\nhub_url = "x"\nrig_id = ""\nsent_keep_days = -1');
  expect(told.split("\n")).toHaveLength(3);
});

test("the key comes by file as well, and never shows in an error", () => {
  expect(load(fleet('api_key_file = "key.txt"'), {}).api_key).toBe(KEY);
  expect(refusal(fleet('api_key_file = "empty.txt"'), {})).toContain("api_key_file empty.txt holds no key");
  expect(refusal(fleet('api_key_file = "gone.txt"'), {})).toContain("api_key_file gone.txt cannot be read (ENOENT)");
  expect(refusal(fleet(""), {})).toContain("api_key is absent: give it as FLEET_API_KEY");
  const spaced = refusal(fleet('api_key = "secret with spaces in it"'), {});
  expect(spaced).toContain("api_key must be a key like sk-fleet-…, without spaces, not a secret");
  expect(spaced).not.toContain("secret with");
});

test("a file that is not there is named", () => {
  const surroundings = {
    environment: {},
    readText: (): string => {
      throw Object.assign(new Error("x"), { code: "ENOENT" });
    },
  };
  expect(() => loadSettings("/etc/none.toml", surroundings)).toThrow("/etc/none.toml cannot be read (ENOENT)");
});
