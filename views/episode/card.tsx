import type { FleetEpisode } from "../../src/wire/episode.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Facts } from "../parts/facts.tsx";
import { number } from "../parts/numbers.ts";
import { Section } from "../parts/panel.tsx";

const INDENT = 2;

/** What a rig has of it, word for word. */
export function Card({ card }: { readonly card: FleetEpisode }): Markup {
  const metrics = card.key_metrics;
  return (
    <Section id="card" title="The card that rigs get">
      <Facts
        facts={[
          ["MSE efficiency", `${number(metrics.mse_efficiency, 1)} %`],
          ["Flow balance", `${number(metrics.flow_balance, 1)} gpm`],
          ["d-exponent", `${number(metrics.d_exponent, 1)} %`],
          ["Torque change", `${number(metrics.torque_delta_percent, 1)} %`],
          ["ECD margin", `${number(metrics.ecd_margin, 2)} ppg`],
          ["ROP", `${number(metrics.rop, 1)} ft/h`],
        ]}
      />
      <details>
        <summary>JSON, as it is sent</summary>
        <pre class="raw" tabindex="0">
          {JSON.stringify(card, null, INDENT)}
        </pre>
      </details>
    </Section>
  );
}
