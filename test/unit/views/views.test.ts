import { describe, expect, test } from "bun:test";
import { trackOf } from "../../../views/channels.ts";
import { number, percent } from "../../../views/parts/numbers.ts";
import { age, utc } from "../../../views/parts/time.tsx";
import { jsx, raw } from "../../../views/jsx-runtime.ts";
import { JsonIsland } from "../../../views/track.tsx";
import { aWindow } from "../../support/builders.ts";

const AT = 1_794_187_658;
const NOW_MS = Date.parse("2026-11-10T12:00:00Z");

describe("markup", () => {
  test("children and attributes are escaped, at any depth", () => {
    const html = jsx("p", { title: `"><b>`, children: ["<i>", [["&"], jsx("b", { children: "'" })]] }).html;
    expect(html).toBe(`<p title="&quot;&gt;&lt;b&gt;">&lt;i&gt;&amp;<b>&#x27;</b></p>`);
  });

  test("what is trusted stands as it is", () => {
    expect(jsx("p", { children: raw("<b>ours</b>") }).html).toBe("<p><b>ours</b></p>");
  });

  test("absent and false say nothing, true says the name, zero is a figure", () => {
    expect(jsx("input", { disabled: true, required: false, name: undefined, value: 0 }).html).toBe(
      `<input disabled value="0">`,
    );
    expect(jsx("p", { children: [null, undefined, false, true, 0, ""] }).html).toBe("<p>0</p>");
  });

  test("an object that only looks like markup is not taken for it", () => {
    const forged: unknown = JSON.parse(`{"html":"<script>"}`);
    expect(() => jsx("p", { children: forged as string })).toThrow();
  });

  test("no text ends a JSON island, and the script reads what was put in", () => {
    const value = { label: "</script><!--<script>" };
    const { html } = JsonIsland({ id: "x", value });
    const inside = html.slice(html.indexOf(">") + 1, html.lastIndexOf("</script>"));
    expect(inside).not.toContain("<");
    expect(JSON.parse(inside)).toEqual(value);
  });
});

describe("figures", () => {
  test("what is missing is a dash, and zero is zero", () => {
    expect([null, undefined, Number.NaN, 0, 12_345.67].map((value) => number(value, 1))).toEqual([
      "—",
      "—",
      "—",
      "0.0",
      "12,345.7",
    ]);
    expect([percent(null), percent(0), percent(0.714)]).toEqual(["—", "0 %", "71 %"]);
  });

  test("times are UTC with one unit of age, ahead of the clock too", () => {
    expect(utc("2026-02-09T14:02:10.000Z")).toBe("2026-02-09 14:02:10 UTC");
    const ages = ["11:59:52", "11:30:00", "09:00:00", "14:00:00"].map((time) => age(`2026-11-10T${time}Z`, NOW_MS));
    expect(ages).toEqual(["8 s ago", "30 min ago", "3 h ago", "in 2 h"]);
    expect(age("2026-11-07T12:00:00Z", NOW_MS)).toBe("3 d ago");
  });
});

describe("track", () => {
  const wish = { by: "time", channel: undefined, category: "WellControl" } as const;
  const drilled = aWindow(AT, 9000, 20).map((snapshot, at) => Object.assign(snapshot, { depth: 9000 + at }));

  test("both flows share a track of well control", () => {
    expect(trackOf(drilled, wish).series.map(({ label }) => label)).toEqual(["Flow in", "Flow out"]);
  });

  test("a channel that was asked for comes instead, and an unknown one does not", () => {
    expect(trackOf(drilled, { ...wish, channel: "spp" })).toMatchObject({ title: "SPP", unit: "psi" });
    expect(trackOf(drilled, { ...wish, channel: "constructor" }).title).toBe("Flow in and Flow out");
  });

  test("depth is an axis when it rises by a foot or more", () => {
    expect(trackOf(drilled, { ...wish, by: "depth" })).toMatchObject({ by: "depth", depthRefusal: undefined });
  });

  test.each([
    ["it does not rise everywhere", drilled.toReversed(), "the depth does not only rise"],
    ["it spans less than a foot", drilled.slice(0, 1), "the window spans less than 1 ft"],
    ["there is none", [{ rop: 60 }, { rop: 61 }], "the window spans less than 1 ft"],
  ])("and is refused with the reason when %s", (_, window, reason) => {
    expect(trackOf(window, { ...wish, by: "depth" })).toMatchObject({ by: "time", depthRefusal: reason });
  });

  test("points ascend, those without a time are left out, and a missing value is a gap", () => {
    const [first, second, third] = drilled;
    const window = [third, { ...second, spp: null }, { ...first, timestamp: null }].flatMap((point) => point ?? []);
    const track = trackOf(window, { ...wish, channel: "spp" });
    expect(track.x).toEqual([AT - 18, AT - 17]);
    expect(track.series[0]?.values[0]).toBeNull();
    expect(track.summary).toStartWith("SPP went from");
  });

  test("a window without a value says so", () => {
    expect(trackOf([{}], { ...wish, channel: "rop" }).summary).toBe("ROP: no values.");
  });
});
