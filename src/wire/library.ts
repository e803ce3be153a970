import { Type } from "typebox";
import { schema } from "../base/schema.ts";

/** The reply to GET /api/fleet/library. `epoch` and `next` come only when the rig asked by version. */
export const LibraryReplyJson = Type.Object({
  version: Type.Integer({ minimum: 0 }),
  /** Checked one by one by the reader: a bad row is reported, the rest is taken. */
  episodes: Type.Array(Type.Unknown()),
  /** Active episodes of the whole fleet. */
  total_fleet_episodes: Type.Integer({ minimum: 0 }),
  pruned_ids: Type.Array(Type.String()),
  /** Changes when the hub was restored from a backup: cursors of another epoch mean nothing. */
  epoch: Type.Optional(Type.String()),
  /** Hand back as `page`; null on the last page. */
  next: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  /** True when the reply starts a whole library: what it does not name is to be dropped after its last page. */
  full: Type.Optional(Type.Boolean()),
});

/** For the envelope only: see `episodes`. */
export const libraryReplySchema = schema("library reply", LibraryReplyJson);

/** Episodes a page may hold, and how many when the rig does not say. */
export const LIBRARY_PAGE_MAX = 2000;
export const LIBRARY_PAGE_DEFAULT = 200;
