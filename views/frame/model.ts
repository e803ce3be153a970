/** Who looks, where, and when the figures were read: what stands around every page. */
export interface Frame {
  readonly title: string;
  /** Path of the view and its query, as the address bar shows it. */
  readonly here: string;
  readonly formToken: string;
  readonly nowMs: number;
  /** Whether this replaces what stands on the page already. */
  readonly refreshing: boolean;
  readonly role: "admin" | "viewer";
  /** Whose time is shown: of the whole fleet, or of the rig that a row is about. */
  readonly zone: Zone;
  readonly theme: Theme;
  /** Whether single keys are shortcuts: people who dictate switch them off. */
  readonly shortcuts: boolean;
  /** Says of every page that nothing on it happened. */
  readonly demo: boolean;
  readonly hub: HubState;
  readonly assets: Assets;
}

export type Zone = "utc" | "rig";
export type Theme = "auto" | "light" | "dark";
export const THEMES: readonly Theme[] = ["auto", "light", "dark"];

export interface HubState {
  readonly version: string;
  /** Why it is not well, for people; empty when it is. */
  readonly reasons: readonly string[];
  readonly quarantined: number;
}

/** Addresses of scripts and styles; a name has its content in it, so a browser asks once. */
export interface Assets {
  readonly style: string;
  readonly icon: string;
  readonly script: string;
  readonly plot: string;
  readonly track: string;
  readonly trends: string;
}

/** Part of a page that could not be read says so by itself; the others stand. */
export type Panel<T> =
  | { readonly value: T }
  | { readonly problem: { readonly sentence: string; readonly requestId: string } };
