import { Fault } from "../../src/base/fault.ts";
import { isRecord, parseJson } from "../../src/base/json.ts";
import { SMALL_BODY_MAX } from "../../src/base/limits.ts";
import type { Net, NetReply } from "../../src/base/net.ts";
import { FLEET_API } from "../../src/wire/protocol.ts";
import { spokeSettingTable } from "../settings.ts";

const DEADLINE_MS = 60_000;

export interface Asked {
  readonly code: string;
  readonly rig_id?: string | undefined;
  /** This machine's own, for the tunnel. */
  readonly public_key?: string | undefined;
}

export interface Answered {
  readonly rig_id: string;
  readonly api_key: string;
  /** The hub's. */
  readonly version: string;
}

/** Uses the code, which is good once. Faults: as the hub says; `unavailable` and `timeout` when it says nothing. */
export async function askHub(hubUrl: string, asked: Asked, net: Net): Promise<Answered> {
  const reply = await net.send(
    {
      method: "POST",
      url: `${hubUrl}${FLEET_API}/enroll`,
      headers: {
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        // Kept open, it would be used again from the address that the machine had until then, and hang.
        Connection: "close",
      },
      body: new TextEncoder().encode(JSON.stringify(asked)),
      maxReplyBytes: SMALL_BODY_MAX,
    },
    DEADLINE_MS,
  );
  const json = jsonOf(reply);
  if (reply.status !== 201) throw refused(reply.status, json);
  const { api_key, rig_id, hub } = json;
  try {
    return {
      rig_id: spokeSettingTable.rig_id.parse(rig_id),
      api_key: spokeSettingTable.api_key.parse(api_key),
      version: isRecord(hub) ? String(hub["version"]) : "unknown",
    };
  } catch {
    throw new Fault("invalid_json", "the hub's reply names no rig and key", "is --hub the hub's own address?");
  }
}

function jsonOf({ body }: NetReply): Record<string, unknown> {
  try {
    const json = parseJson(body);
    return isRecord(json) ? json : {};
  } catch (error) {
    if (error instanceof Fault) return {};
    throw error;
  }
}

function refused(status: number, { error }: Record<string, unknown>): Fault {
  if (typeof error === "string") return new Fault("invalid_request", `the hub says: ${error}`);
  return new Fault("invalid_request", `the hub answered ${status}`, "is --hub the hub's own address?");
}
