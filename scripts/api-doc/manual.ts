import type { ManualEvents } from "./events.ts";
import { jsonOf, type Shell } from "./shell.ts";
import { AUTHENTICATION, INTRODUCTION, LIMITS, STATUSES } from "./texts.ts";

const CURATED_WITHIN_MS = 30_000;
const RIG = `-H "Authorization: Bearer $RIG_KEY"`;
/** Of an empty body: the hub lacks it, whatever the digest. */
const LOST_DIGEST = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
const SECOND = `-H "Authorization: Bearer $SECOND_KEY"`;
const ADMIN = `-H "Authorization: Bearer $ADMIN_KEY"`;
const JSON_TYPE = `-H 'Content-Type: application/json'`;

/** The whole manual, in the order in which a newcomer would try it. */
export async function manual(shell: Shell, events: ManualEvents): Promise<string> {
  return [
    INTRODUCTION,
    AUTHENTICATION,
    await walkThrough(shell, events),
    await moreCalls(shell, events),
    await refusals(shell, events),
    STATUSES,
    LIMITS,
  ].join("\n");
}

async function walkThrough(shell: Shell, { minimal }: ManualEvents): Promise<string> {
  const parts = [
    "## A first walk\n",
    "Is the hub there? Needs no key; 503 when rigs should wait or people should look.\n",
  ];
  const step = async (text: string, command: string): Promise<void> => {
    parts.push(`${text}\n`, (await shell.run(command)).block);
  };
  parts.push((await shell.run(`curl -i -sS "$HUB/api/fleet/health"`)).block);

  parts.push("Enrol a rig. Its key is shown in this reply and never again.\n");
  parts.push(await enrol(shell, "RIG_KEY", "RIG-TEST-1", "WELL-001", "Test Basin"));
  await step(
    "The least that is taken as an event: one snapshot, and the fields that a rig cannot leave out.",
    `cat event.json`,
  );
  await step(
    "Send it. 201 says that it is on disk.",
    `curl -i -sS "$HUB/api/fleet/events" ${RIG} \\\n  -H 'X-Rig-ID: RIG-TEST-1' ${JSON_TYPE} --data-binary @event.json`,
  );
  await curated(shell, 1);
  await step("Seconds later it is an episode of the library.", `curl -i -sS "$HUB/api/fleet/library/stats" ${RIG}`);
  parts.push("Every other rig gets it; a rig never gets its own.\n");
  parts.push(await enrol(shell, "SECOND_KEY", "RIG-TEST-2", "WELL-002", "Test Basin"));
  await step(
    "With `Accept-Encoding: zstd` the body comes compressed, perhaps in several frames: decoders read them as one.",
    `curl -sS -D - "$HUB/api/fleet/library" ${SECOND} -H 'Accept-Encoding: zstd' -o library.zst\nzstd -dc library.zst`,
  );
  await step(
    "Tell how it ended. The last word counts; the same word twice changes nothing.",
    `curl -i -sS -X PATCH "$HUB/api/fleet/events/${minimal.id}/outcome" ${RIG} ${JSON_TYPE} \\\n  -d '{"outcome": "Resolved", "action_taken": "Reduced WOB by 5 klbs", "notes": "Pack-off cleared"}'`,
  );
  return parts.join("\n");
}

async function moreCalls(shell: Shell, { minimal, recorded }: ManualEvents): Promise<string> {
  const parts = ["## Every other call\n"];
  const step = async (text: string, command: string): Promise<string> => {
    const { out, block } = await shell.run(command);
    parts.push(`${text}\n`, block);
    return out;
  };
  parts.push(
    "An event as rigs record them, compressed: `Content-Encoding: zstd`. A `Content-Digest` is checked when given.\n",
  );
  parts.push(await enrol(shell, "RECORDED_KEY", recorded.rig_id, recorded.well_id, recorded.field));
  await step(
    "Send it:",
    `zstd -q -3 recorded.json -o recorded.json.zst\ncurl -i -sS "$HUB/api/fleet/events" -H "Authorization: Bearer $RECORDED_KEY" ${JSON_TYPE} \\\n  -H 'Content-Encoding: zstd' --data-binary @recorded.json.zst`,
  );
  await curated(shell, 2);
  await step("Read an event back: its rig or the admin.", `curl -i -sS "$HUB/api/fleet/events/${minimal.id}" ${RIG}`);
  const page = await step(
    "The library by version, in pages, best first: `since` is the version you have (0 for none), `next` goes back as `page` and is null on the last page. `epoch` changes when the hub was restored from a backup: start again from 0.",
    `curl -i -sS "$HUB/api/fleet/library?since=0&limit=1" ${SECOND}`,
  );
  const { version, epoch } = jsonOf(page);
  await step(
    "Nothing newer: 304. Old rigs ask with `If-Modified-Since` in Unix seconds instead and get the same.",
    `curl -i -sS "$HUB/api/fleet/library?since=${String(version)}&epoch=${String(epoch)}" ${SECOND}`,
  );
  await step(
    "Another epoch means that the hub was restored from a backup. Offer what the rig still keeps, at most 1,000 a call: ids and the SHA-256 of the bodies, base64url. The reply names what the hub lacks, to be sent by the usual ways; our spoke does so by itself.",
    `curl -i -sS "$HUB/api/fleet/events/offer" ${RIG} ${JSON_TYPE} \\\n  -d '{"events": [{"id": "${minimal.id}"}, {"id": "RIG-TEST-1-1794000000", "digest": "${LOST_DIGEST}"}]}'`,
  );
  await step("All rigs, for the admin.", `curl -i -sS "$HUB/api/fleet/rigs" ${ADMIN}`);
  await step("One rig.", `curl -i -sS "$HUB/api/fleet/rigs/RIG-TEST-1" ${ADMIN}`);
  await step(
    "A new key for a rig; the old one stays good for `FLEET_KEY_OVERLAP_HOURS`.",
    `curl -i -sS -X POST "$HUB/api/fleet/rigs/RIG-TEST-2/rotate-key" ${ADMIN}`,
  );
  await enrolByCode(shell, step);
  await step(
    "Revoke a rig: its keys are refused from the next request on. A reason is kept with it; the body may be left out.",
    `curl -i -sS "$HUB/api/fleet/rigs/RIG-TEST-2/revoke" ${ADMIN} ${JSON_TYPE} -d '{"reason": "left the fleet"}'`,
  );
  for (const [text, path] of [
    ["What the dashboard shows.", "dashboard/summary"],
    ["Events by day.", "dashboard/trends?days=30"],
    ["Outcomes by category.", "dashboard/outcomes"],
  ] as const)
    await step(text, `curl -i -sS "$HUB/api/fleet/${path}" ${ADMIN}`);
  await step("Figures for Prometheus, without a key; the first lines:", `curl -sS "$HUB/metrics" | sed -n 1,6p`);
  parts.push("`GET /openapi` has all routes as OpenAPI 3.\n");
  await step(
    "What a rig should run, and the files to get there: see `FLEET_DOWNLOADS_DIR`. `fleet-spoke upgrade` asks so.",
    `curl -i -sS "$HUB/dl" ${RIG}`,
  );
  await step(
    "A piece of one of them. `If-Range` with the ETag keeps pieces of two files apart.",
    `curl -i -sS "$HUB/dl/fleet-spoke-0.2.0-linux-arm64.zst" ${RIG} -H 'Range: bytes=4-'`,
  );
  return parts.join("\n");
}

async function enrolByCode(shell: Shell, step: (text: string, command: string) => Promise<string>): Promise<void> {
  const made = await step(
    "Enrol a rig without carrying a key: make a code, good once and for 24 hours. `time_zone` is the crew's, for pages.",
    `curl -i -sS "$HUB/api/fleet/rigs/enrolments" ${ADMIN} ${JSON_TYPE} \\\n  -d '{"rig_id": "RIG-TEST-3", "well_id": "WELL-003", "field": "Test Basin", "time_zone": "America/Chicago"}'`,
  );
  shell.environment["CODE"] = String(jsonOf(made)["code"]);
  const use = `curl -i -sS "$HUB/api/fleet/enroll" ${JSON_TYPE} -d "{\\"code\\": \\"$CODE\\"}"`;
  await step(
    "The rig's machine shows the code, `$CODE` here, and gets its name and its key. `fleet-spoke enroll` does it and writes the settings. Case, spaces and dashes do not matter; after 10 wrong tries an address waits.",
    use,
  );
  await step("A code is good once.", use);
}

async function refusals(shell: Shell, { minimal }: ManualEvents): Promise<string> {
  const post = (headers: string, data: string): string =>
    `curl -i -sS "$HUB/api/fleet/events" ${RIG} ${headers} \\\n  --data-binary ${data}`;
  const parts = [
    "## When it says no\n",
    'Each error is `{"error": sentence, "code": word}`: the sentence for people, the code for programs.\n',
  ];
  for (const [text, command] of [
    ["No key, or a wrong one.", `curl -i -sS "$HUB/api/fleet/library"`],
    ["A rig's key at an admin's route.", `curl -i -sS "$HUB/api/fleet/rigs" ${RIG}`],
    [
      "`X-Rig-ID` may be left out; when it is there, it must be the key's rig.",
      `curl -i -sS "$HUB/api/fleet/library" ${RIG} -H 'X-Rig-ID: RIG-TEST-2'`,
    ],
    ["A revoked rig.", `curl -i -sS "$HUB/api/fleet/library" ${SECOND}`],
    ["The same event again: the rig may forget it.", post(JSON_TYPE, "@event.json")],
    [
      "A known id with another body: kept aside for a person, nothing is overwritten.",
      post(JSON_TYPE, "@changed.json"),
    ],
    ["A low risk stays on its rig.", post(JSON_TYPE, "@low.json")],
    ["A field that does not fit: the reply names it.", post(JSON_TYPE, "@misspelt.json")],
    ["Half a body.", post(JSON_TYPE, `"$(head -c 300 event.json)"`)],
    ["Said to be zstd, and is not.", post(`${JSON_TYPE} -H 'Content-Encoding: zstd'`, "@event.json")],
    ["Another encoding.", post(`${JSON_TYPE} -H 'Content-Encoding: gzip'`, "@event.json")],
    [
      "Damaged on the way.",
      post(`${JSON_TYPE} -H "Content-Digest: sha-256=:$(head -c 32 /dev/zero | base64):"`, "@event.json"),
    ],
    ["Too large.", `head -c 1100000 /dev/zero > large\n${post(JSON_TYPE, "@large")}`],
    ["No such event, or another rig's: the same reply.", `curl -i -sS "$HUB/api/fleet/events/RIG-9-1707400000" ${RIG}`],
    [
      "An outcome that there is not.",
      `curl -i -sS -X PATCH "$HUB/api/fleet/events/${minimal.id}/outcome" ${RIG} ${JSON_TYPE} \\\n  -d '{"outcome": "Solved"}'`,
    ],
    [
      "A rig that is enrolled already.",
      `curl -i -sS "$HUB/api/fleet/rigs/register" ${ADMIN} ${JSON_TYPE} \\\n  -d '{"rig_id": "RIG-TEST-1", "well_id": "WELL-001", "field": "Test Basin"}'`,
    ],
    ["A number out of range.", `curl -i -sS "$HUB/api/fleet/dashboard/trends?days=0" ${ADMIN}`],
    ["A path that does not exist.", `curl -i -sS "$HUB/api/fleet/nothing"`],
  ] as const)
    parts.push(`${text}\n`, (await shell.run(command)).block);
  return parts.join("\n");
}

async function enrol(shell: Shell, variable: string, rigId: string, wellId: string, field: string): Promise<string> {
  const body = JSON.stringify({ rig_id: rigId, well_id: wellId, field });
  const { out, block } = await shell.run(
    `curl -i -sS "$HUB/api/fleet/rigs/register" ${ADMIN} ${JSON_TYPE} \\\n  -d '${body}'`,
  );
  shell.environment[variable] = String(jsonOf(out)["api_key"]);
  return `${block}\nIts key is \`$${variable}\` below.\n`;
}

/** Curation follows an event by seconds: asks until the library has so many episodes. */
async function curated(shell: Shell, total: number): Promise<void> {
  const deadline = performance.now() + CURATED_WITHIN_MS;
  for (;;) {
    const { out } = await shell.run(`curl -sS "$HUB/api/fleet/library/stats" ${RIG}`);
    if (Number(jsonOf(out)["total"]) >= total) return;
    if (performance.now() > deadline) throw new Error(`no ${total} episodes within ${CURATED_WITHIN_MS} ms: ${out}`);
  }
}
