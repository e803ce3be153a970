import { EVENT_BODY_MAX, EVENT_JSON_MAX, KIB, MIB, SMALL_BODY_MAX } from "../../src/base/limits.ts";
import { JSON_DEPTH_MAX } from "../../src/base/json.ts";
import { BODY_BYTES_MAX, IN_HAND_MAX, KEY_BODIES_MAX, KEY_SHARE_MAX, ROOMY } from "../../src/http/admission.ts";
import { BODY_DEADLINE_MS } from "../../src/http/body.ts";
import { LOGIN_TRIES, LOGIN_TRIES_PER_ADDRESS, LOGIN_WINDOW_MS } from "../../src/http/login-limit.ts";
import { ENROLL_LIMITS } from "../../src/http/routes/enroll.ts";
import { FUTURE_MAX_S, LATE_AFTER_S } from "../../src/wire/protocol.ts";
import { LIBRARY_PAGE_DEFAULT, LIBRARY_PAGE_MAX } from "../../src/wire/library.ts";

export const INTRODUCTION = `# The hub's API

Written by \`npx bun scripts/api-doc.ts\`, which ran every command below against a hub and copied its replies. JSON is
indented for reading, lists are cut where it says so, keys are shortened to \`sk-fleet-…\`, and of the headers only
those that matter are shown. \`$HUB\` is the hub's address, \`$ADMIN_KEY\` the admin's key.
`;

export const AUTHENTICATION = `## Authentication

\`Authorization: Bearer <key>\` on every call but \`/api/fleet/health\`, \`/api/fleet/enroll\`, \`/readyz\`, \`/livez\` and \`/metrics\`. A rig's key (\`sk-fleet-…\`) opens
the rig's calls: send an event, read its own events, tell an outcome, pull the library. The admin's key opens the rest.
The viewers' key (\`FLEET_VIEWER_KEY\`, or made on the dashboard) reads what the admin's key reads and changes nothing: 403.
The hub stores only hashes of keys, so a lost key is rotated, not recovered.

| call | who | success |
|---|---|---|
| \`GET /api/fleet/health\` | anyone | 200, or 503 when degraded |
| \`POST /api/fleet/events\` | rig | 201 |
| \`POST /api/fleet/enroll\` | anyone with a code | 201 |
| \`GET /api/fleet/events/{id}\` | the event's rig, admin, viewer | 200 |
| \`PATCH /api/fleet/events/{id}/outcome\` | the event's rig | 200 |
| \`GET /api/fleet/library\` | rig | 200, 304 |
| \`GET /api/fleet/library/stats\` | rig, admin, viewer | 200 |
| \`GET /api/fleet/rigs\`, \`GET /api/fleet/rigs/{id}\` | admin, viewer | 200 |
| \`POST /api/fleet/rigs/register\`, \`…/enrolments\` | admin | 201 |
| \`POST /api/fleet/rigs/{id}/revoke\`, \`…/rotate-key\` | admin | 200 |
| \`GET /api/fleet/dashboard/summary\`, \`…/trends\`, \`…/outcomes\` | admin, viewer | 200 |
| \`GET /readyz\` | anyone who reaches the port | 200, or 503 when a balancer should ask another hub |
| \`GET /livez\` | anyone who reaches the port | 200 |
| \`GET /metrics\` | anyone who reaches the port | 200 |
`;

export const STATUSES = `## What a sender does with a status

| status | meaning | do |
|---|---|---|
| 201 | the event is on disk | forget it |
| 409 \`already_exists\` | it was there before | forget it |
| 409 \`conflict\` | another event has this id | keep it, show it to a person |
| 400, 413, 415, 422 | something with this request | set it aside with the reason, send the next |
| 400 \`digest_mismatch\`, 408 | it was damaged or too slow on the way | send the same again |
| 401, 403 | something with this key | keep everything, tell a person |
| 405 | the path takes other methods | \`Allow\` names them |
| 404 | no such event, rig or code | for an outcome: send its event first |
| 410 | the code was used, withdrawn or is too old | ask an admin for a new one |
| 429, 503 | too much at once, or the database is away | wait as \`Retry-After\` says, then send the same again |
| 500 | a fault of the hub | send again later; the hub's log has the \`X-Request-ID\` |

Sending again is always safe: the id decides, and an event counts once.
`;

export const LIMITS = `## Limits

| what | limit |
|---|---|
| an event as sent | ${EVENT_BODY_MAX / MIB} MiB (\`FLEET_MAX_PAYLOAD_BYTES\`) |
| the same, inflated | ${EVENT_JSON_MAX / MIB} MiB (\`FLEET_MAX_DECOMPRESSED_BYTES\`) |
| every other body | ${SMALL_BODY_MAX / KIB} KiB |
| a body on its way | ${BODY_DEADLINE_MS / 60_000} minutes in all |
| JSON | ${JSON_DEPTH_MAX} levels, UTF-8, without \`\\u0000\` and lone surrogates |
| a page of the library | ${LIBRARY_PAGE_DEFAULT} episodes, at most ${LIBRARY_PAGE_MAX} by \`limit\` |
| requests in hand | ${IN_HAND_MAX}, fewer while the hub is slow; from ${ROOMY} on ${KEY_SHARE_MAX} of one key, and of all without a key: then 503 or 429 |
| bodies on their way | ${KEY_BODIES_MAX} of one key, ${BODY_BYTES_MAX / MIB} MiB in all |
| wrong keys at the sign-in form | ${LOGIN_TRIES_PER_ADDRESS} an address and ${LOGIN_TRIES} in all, in ${LOGIN_WINDOW_MS / 60_000} minutes |
| wrong codes of an enrolment | ${ENROLL_LIMITS.perAddress} an address and ${ENROLL_LIMITS.all} in all, in ${ENROLL_LIMITS.windowMs / 60_000} minutes |
| an event from the past | any age; marked late after ${LATE_AFTER_S / 86_400} days |
| an event from the future | set aside for a person beyond ${FUTURE_MAX_S / 3600} hours |
`;
