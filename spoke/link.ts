import { unixSeconds, type Clock } from "../src/base/clock.ts";
import type { Net } from "../src/base/net.ts";

export interface LinkState {
  /** Whether the newest request to the hub got a reply, whatever it said; undefined before the first. */
  readonly reachable: boolean | undefined;
  /** Unix s of the newest reply. */
  readonly lastContactS: number | undefined;
  /** Bodies of requests that were answered. */
  readonly uploadedBytes: number;
}

export interface Link {
  readonly net: Net;
  readonly state: LinkState;
}

/** The same network, watched: what goes to the hub tells whether it is there. */
export function watchLink(net: Net, clock: Clock, hubUrl: string): Link {
  let state: LinkState = { reachable: undefined, lastContactS: undefined, uploadedBytes: 0 };
  return {
    get state() {
      return state;
    },
    net: {
      async send(request, deadlineMs) {
        if (!request.url.startsWith(`${hubUrl}/`)) return net.send(request, deadlineMs);
        try {
          const reply = await net.send(request, deadlineMs);
          const uploadedBytes = state.uploadedBytes + (request.body?.byteLength ?? 0);
          state = { reachable: true, lastContactS: unixSeconds(clock), uploadedBytes };
          return reply;
        } catch (error) {
          state = { ...state, reachable: false };
          throw error;
        }
      },
    },
  };
}
