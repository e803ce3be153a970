/** Paths, headers and version numbers that both ends share. */
export const FLEET_API = "/api/fleet";

/** Raised when a rig of the version before could misread the hub, or the hub such a rig. */
export const WIRE_VERSION = 1;

export const HEADERS = {
  rigId: "X-Rig-ID",
  requestId: "X-Request-ID",
  libraryVersion: "X-Library-Version",
  totalEpisodes: "X-Total-Episodes",
  deltaCount: "X-Delta-Count",
  contentDigest: "Content-Digest",
  /** Unix ms of the rig's clock at sending: the hub measures the offset with it. */
  rigTime: "X-Rig-Time",
  /** Version of the spoke, `0.1.0`. */
  spokeVersion: "X-Spoke-Version",
  /** Events the rig dropped under its cap since it last told the hub. */
  droppedEvents: "X-Dropped-Events",
  /** Unix ms of the rig's clock when its queue took the event. */
  eventQueued: "X-Event-Queued",
  /** What came of an upgrade that failed: `failed; version=0.2.0; reason=…`. */
  upgrade: "X-Spoke-Upgrade",
  /** What waits on the rig: see `formatQueueReport`. */
  queue: "X-Queue",
} as const;

/** A rig not heard of for this long is inactive. */
export const RIG_INACTIVE_AFTER_S = 48 * 3600;
/** What an event may be ahead of the hub's clock before a person looks at it. */
export const FUTURE_MAX_S = 24 * 3600;
/** An older event is taken and marked late. */
export const LATE_AFTER_S = 7 * 24 * 3600;
