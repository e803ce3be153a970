import type { Frame } from "../../views/frame/model.ts";

/** What stands around a page that an admin looks at, at noon of 2026-11-10. */
export function aFrame(overrides: Partial<Frame> = {}): Frame {
  return {
    title: "A view",
    here: "/view",
    formToken: "the-form-token",
    nowMs: Date.parse("2026-11-10T12:00:00Z"),
    refreshing: false,
    role: "admin",
    zone: "utc",
    theme: "auto",
    shortcuts: true,
    demo: false,
    hub: { version: "0.0.0-test", reasons: [], quarantined: 0 },
    assets: {
      style: "/assets/app.css",
      icon: "/assets/icon.svg",
      script: "/assets/app.js",
      plot: "/assets/uplot.js",
      track: "/assets/track.js",
      trends: "/assets/trends.js",
    },
    ...overrides,
  };
}
