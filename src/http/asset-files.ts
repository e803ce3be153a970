import htmx from "htmx.org/dist/htmx.min.js" with { type: "file" };
import plotStyle from "uplot/dist/uPlot.min.css" with { type: "file" };
import plot from "uplot/dist/uPlot.iife.min.js" with { type: "file" };
import icon from "../../views/assets/icon.svg" with { type: "file" };
import script from "../../views/assets/app.js" with { type: "file" };
import track from "../../views/assets/track.js" with { type: "file" };
import trendsScript from "../../views/assets/trends.js" with { type: "file" };
import admin from "../../views/assets/css/admin.css" with { type: "file" };
import audit from "../../views/assets/css/audit.css" with { type: "file" };
import base from "../../views/assets/css/base.css" with { type: "file" };
import curation from "../../views/assets/css/curation.css" with { type: "file" };
import episode from "../../views/assets/css/episode.css" with { type: "file" };
import event from "../../views/assets/css/event.css" with { type: "file" };
import events from "../../views/assets/css/events.css" with { type: "file" };
import frame from "../../views/assets/css/frame.css" with { type: "file" };
import library from "../../views/assets/css/library.css" with { type: "file" };
import outcomes from "../../views/assets/css/outcomes.css" with { type: "file" };
import overview from "../../views/assets/css/overview.css" with { type: "file" };
import parts from "../../views/assets/css/parts.css" with { type: "file" };
import quarantine from "../../views/assets/css/quarantine.css" with { type: "file" };
import rig from "../../views/assets/css/rig.css" with { type: "file" };
import rigs from "../../views/assets/css/rigs.css" with { type: "file" };
import signIn from "../../views/assets/css/sign-in.css" with { type: "file" };
import system from "../../views/assets/css/system.css" with { type: "file" };
import tracks from "../../views/assets/css/tracks.css" with { type: "file" };
import trends from "../../views/assets/css/trends.css" with { type: "file" };

export interface AssetFiles {
  /** What browsers see; its last part says the type. */
  readonly name: string;
  /** Sent one after another as one: at the end of a rig's link a request costs more than a file. */
  readonly files: readonly string[];
}

/** The imports are what puts the files into the executable. A later rule wins: views follow what they share. */
export const STYLES: readonly string[] = [
  plotStyle,
  base,
  frame,
  parts,
  admin,
  audit,
  curation,
  episode,
  event,
  events,
  library,
  outcomes,
  overview,
  quarantine,
  rig,
  rigs,
  signIn,
  system,
  tracks,
  trends,
];

export const ASSETS = {
  style: { name: "app.css", files: STYLES },
  script: { name: "app.js", files: [htmx, script] },
  track: { name: "track.js", files: [track] },
  trends: { name: "trends.js", files: [trendsScript] },
  icon: { name: "icon.svg", files: [icon] },
  plot: { name: "uplot.js", files: [plot] },
} as const satisfies Readonly<Record<string, AssetFiles>>;

export type AssetName = keyof typeof ASSETS;
