export type TargetKind = "rig" | "well" | "event" | "episode";

export interface Target {
  readonly kind: TargetKind;
  readonly id: string;
}

export interface SearchPage {
  /** As it was typed; undefined when nothing was. */
  readonly text: string | undefined;
  /** What comes nearest, the likeliest first. */
  readonly near: readonly Target[];
}
