/** What the admin's pages show, as the hub's domain tells it. Times are ISO 8601 in UTC. */
export type EnrolmentState = "waiting" | "expired" | "cancelled" | "used" | "connected" | "synced";

export interface EnrolmentLine {
  readonly id: number;
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly time_zone: string;
  readonly state: EnrolmentState;
  readonly created_at: string;
  readonly created_by: string;
  readonly expires_at: string;
  readonly used_at: string | null;
  readonly used_from: string | null;
  readonly cancelled_at: string | null;
  readonly heard_at: string | null;
  readonly synced_at: string | null;
  readonly first_sync_at: string | null;
  readonly first_sync_after_s: number | null;
}

export interface ViewerKey {
  readonly source: "settings" | "made" | "none";
  readonly made_at: string | null;
}

/** What was typed into the form, to be mended rather than typed again. */
export interface EnrolFields {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly time_zone: string;
  readonly hub_url: string;
}

export interface AdminHome {
  readonly form: EnrolFields;
  /** Why the hub refused what was typed; with the rig when it is enrolled already. */
  readonly problem: { readonly sentence: string; readonly enrolled: string | undefined } | undefined;
  readonly enrolments: readonly EnrolmentLine[];
  readonly viewerKey: ViewerKey;
  /** Sessions that are open; null for who may not know. */
  readonly sessions: number | null;
  readonly done: string | undefined;
}

/** A drawing of dark squares on a light ground. */
export interface Qr {
  /** Squares a side, its border included. */
  readonly size: number;
  /** Of an SVG, one unit a square. */
  readonly path: string;
}

export interface EnrolmentPage {
  readonly enrolment: EnrolmentLine;
  readonly hubUrl: string;
  readonly toml: string;
  /** Only in the reply to the press that made it. */
  readonly shownOnce: { readonly code: string; readonly command: string; readonly qr: Qr } | undefined;
}

export interface SessionLine {
  readonly id: number;
  readonly role: "admin" | "viewer";
  readonly address: string;
  readonly created_at: string;
  readonly last_used_at: string;
  readonly expires_at: string;
}

export interface SessionsPage {
  readonly sessions: readonly SessionLine[];
  /** Who looks. */
  readonly ownId: number;
  readonly done: string | undefined;
}

export interface RigKeysPage {
  readonly rig_id: string;
  readonly status: "active" | "inactive" | "revoked";
  readonly well_id: string;
  readonly field: string;
  readonly revoked_at: string | null;
  readonly revoke_reason: string | null;
  readonly key_issued_at: string | null;
  readonly key_used_at: string | null;
  /** Null when the rig has one key. */
  readonly previous_key_until: string | null;
  readonly previous_key_used_at: string | null;
  readonly unheard: boolean;
  readonly overlapHours: number;
  readonly done: string | undefined;
  readonly problem: string | undefined;
}

/** A key that is seen this once. */
export interface SecretPage {
  readonly what: string;
  readonly secret: string;
  /** What to do with it, a sentence a line. */
  readonly next: readonly string[];
  readonly back: { readonly href: string; readonly label: string };
}
