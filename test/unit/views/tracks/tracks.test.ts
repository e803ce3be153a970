import { describe, expect, test } from "bun:test";
import type { TracksInput } from "../../../../views/tracks/model.ts";
import { snapshotColumns } from "../../../../views/tracks/snapshot-columns.ts";
import { Tracks } from "../../../../views/tracks/tracks.tsx";
import { aWindow } from "../../../support/builders.ts";

const AT = 1_794_187_658;
const ID = "RIG-1-1794187658";

function shown(here = `/events/${ID}`, wish: Partial<TracksInput["wish"]> = {}): string {
  const event = { timestamp: AT, depth: 9898, category: "WellControl" } as const;
  const whole = { by: "time", tracks: [], scale: "fixed", ...wish } as const;
  return Tracks({ id: ID, here, window: aWindow(AT), event, wish: whole, zone: "UTC" }).html;
}

function links(html: string): string[] {
  return [...html.matchAll(/href="([^"]*)"/g)].map(([, href = ""]) => href.replaceAll("&amp;", "&"));
}

describe("tracks on the page", () => {
  test("every state has an address that keeps the rest of it and leaves defaults out", () => {
    const found = links(shown(`/events/${ID}?from=%2Fevents&scale=auto`, { scale: "auto" }));
    expect(found).toContain(`/events/${ID}?from=%2Fevents#tracks`);
    expect(found).toContain(`/events/${ID}?from=%2Fevents&scale=auto&tracks=flow%2Cbalance%2Cspp%2Cgas_ecd#tracks`);
  });

  test("what brings the category's own tracks back is asked for by nothing", () => {
    const html = shown(`/events/${ID}?tracks=flow,balance,spp,gas_ecd`, {
      tracks: ["flow", "balance", "spp", "gas_ecd"],
    });
    expect(links(html)).toContain(`/events/${ID}#tracks`);
  });

  test("the last track cannot be taken away, nor a seventh added", () => {
    expect(shown(undefined, { tracks: ["spp"] })).toContain(`<span class="state off">✓ SPP</span>`);
    const six = ["spp", "flow", "gas", "ecd", "pit", "mse"];
    expect(shown(undefined, { tracks: six })).toContain(`<span class="state off">+ Depth</span>`);
  });

  test("header row, caption, table and island carry it without a picture", () => {
    const html = shown();
    expect(html).toContain("<figcaption>Time runs downwards, 2026-11-09 ");
    expect(html).toContain("<output>500</output> gpm");
    expect(html.match(/<tr>/g)).toHaveLength(61);
    expect(html).not.toMatch(/ style=|aria-live/);
  });

  test("the file has the zone that the page shows", () => {
    expect(links(shown(`/events/${ID}?zone=rig&scale=auto`))).toContain(`/events/${ID}/snapshots.csv?zone=rig`);
    expect(links(shown())).toContain(`/events/${ID}/snapshots.csv`);
  });

  test("the table shows values as they came, those that are not drawn too", () => {
    const window = aWindow(AT, 9898, 2).map((snapshot) => ({ ...snapshot, ecd_margin: 1.5, gas_units: null }));
    const event = { timestamp: AT, depth: 9898, category: "WellControl" } as const;
    const wish = { by: "time", tracks: [], scale: "fixed" } as const;
    const { html } = Tracks({ id: ID, here: "/", window, event, wish, zone: "UTC" });
    expect(html).toContain("<td>1.50</td><td>—</td></tr>");
  });
});

describe("snapshots as a sheet", () => {
  test("both clocks and every channel, with units in the names and the digits that came", () => {
    const columns = snapshotColumns("America/Chicago");
    expect(columns.map(({ name }) => name).join(" ")).toBe(
      "time_utc time_shown depth_ft rop_ft_h wob_klb rpm torque_kft_lb spp_psi flow_in_gpm flow_out_gpm mse_psi " +
        "mse_efficiency_percent d_exponent flow_balance_gpm pit_rate_bbl_h ecd_margin_ppg gas_units",
    );
    const [newest = {}] = aWindow(AT).slice(-1);
    const row = columns.slice(0, 3).map(({ value }) => value(newest));
    expect(row).toEqual(["2026-11-09T01:27:38.000Z", "2026-11-08 19:27:38 GMT-6", 9898]);
  });

  test("what was not sent is empty, and a time that no calendar has is too", () => {
    const row = snapshotColumns("UTC").map(({ value }) => value({ timestamp: 1e300, spp: null }));
    expect(row.every((value) => value === null)).toBe(true);
  });
});
