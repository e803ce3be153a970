import { describe, expect, test } from "bun:test";
import { number, percent } from "../../../views/parts/numbers.ts";
import { age, utc } from "../../../views/parts/time.tsx";
import { jsx, raw } from "../../../views/jsx-runtime.ts";
import { JsonIsland } from "../../../views/parts/island.tsx";

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

  test("what rounds to zero has no sign", () => {
    expect([number(-0.04, 1), number(-0.06, 1), number(-0)]).toEqual(["0.0", "-0.1", "0"]);
  });

  test("times are UTC with one unit of age, ahead of the clock too", () => {
    expect(utc("2026-02-09T14:02:10.000Z")).toBe("2026-02-09 14:02:10 UTC");
    const ages = ["11:59:52", "11:30:00", "09:00:00", "14:00:00"].map((time) => age(`2026-11-10T${time}Z`, NOW_MS));
    expect(ages).toEqual(["8 s ago", "30 min ago", "3 h ago", "in 2 h"]);
    expect(age("2026-11-07T12:00:00Z", NOW_MS)).toBe("3 d ago");
  });
});
