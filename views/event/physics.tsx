import type { PhysicsReport } from "../../src/wire/event.ts";
import type { Markup } from "../jsx-runtime.ts";
import { ABSENT, number } from "../parts/numbers.ts";
import { Section } from "../parts/panel.tsx";
import { Words } from "../parts/words.tsx";

type Field = Exclude<keyof PhysicsReport, "detected_dysfunctions">;

interface Measure {
  readonly field: Field;
  readonly label: string;
  readonly unit: string;
  readonly digits: number;
}

interface Group {
  readonly title: string;
  readonly measures: readonly Measure[];
}

const GROUPS: readonly Group[] = [
  {
    title: "Mechanics",
    measures: [
      { field: "current_rop", label: "ROP", unit: "ft/h", digits: 1 },
      { field: "rop_trend", label: "ROP trend", unit: "", digits: 2 },
      { field: "current_wob", label: "WOB", unit: "klb", digits: 1 },
      { field: "wob_trend", label: "WOB trend", unit: "", digits: 2 },
      { field: "optimal_wob_estimate", label: "Optimal WOB", unit: "klb", digits: 1 },
      { field: "current_rpm", label: "RPM", unit: "rpm", digits: 0 },
      { field: "current_torque", label: "Torque", unit: "kft·lb", digits: 1 },
      { field: "avg_mse", label: "MSE, mean", unit: "psi", digits: 0 },
      { field: "optimal_mse", label: "MSE, optimal", unit: "psi", digits: 0 },
      { field: "mse_trend", label: "MSE trend", unit: "%", digits: 1 },
      { field: "mse_efficiency", label: "MSE efficiency", unit: "%", digits: 0 },
      { field: "founder_detected", label: "Founder", unit: "", digits: 0 },
      { field: "founder_severity", label: "Founder severity", unit: "", digits: 2 },
    ],
  },
  {
    title: "Hydraulics",
    measures: [
      { field: "current_spp", label: "SPP", unit: "psi", digits: 0 },
      { field: "current_flow_in", label: "Flow in", unit: "gpm", digits: 0 },
      { field: "current_flow_out", label: "Flow out", unit: "gpm", digits: 0 },
      { field: "current_mud_weight", label: "Mud weight", unit: "ppg", digits: 2 },
      { field: "current_ecd", label: "ECD", unit: "ppg", digits: 2 },
    ],
  },
  {
    title: "Well control",
    measures: [
      { field: "flow_balance_trend", label: "Flow balance trend", unit: "gpm", digits: 1 },
      { field: "avg_pit_rate", label: "Pit rate, mean", unit: "bbl/h", digits: 1 },
      { field: "current_pit_volume", label: "Pit volume", unit: "bbl", digits: 1 },
      { field: "current_gas", label: "Gas", unit: "units", digits: 0 },
      { field: "current_casing_pressure", label: "Casing pressure", unit: "psi", digits: 0 },
    ],
  },
  {
    title: "Formation",
    measures: [
      { field: "current_depth", label: "Depth", unit: "ft", digits: 1 },
      { field: "dxc_trend", label: "d-exponent trend", unit: "%", digits: 1 },
      { field: "formation_hardness", label: "Hardness", unit: "", digits: 2 },
      { field: "confidence", label: "Confidence", unit: "", digits: 2 },
    ],
  },
];

export function Physics({ report }: { readonly report: PhysicsReport | undefined }): Markup {
  return (
    <Section id="physics" title="Physics report">
      {report === undefined ? (
        <p class="empty">The rig sent no physics report.</p>
      ) : (
        <>
          <Dysfunctions found={report.detected_dysfunctions} />
          <div class="physics">
            {GROUPS.map((group) => (
              <GroupTable group={group} report={report} />
            ))}
          </div>
          <p>
            <small>{`${ABSENT} was not sent. A rig also writes 0 where it has no reading.`}</small>
          </p>
        </>
      )}
    </Section>
  );
}

function Dysfunctions({ found }: { readonly found: readonly string[] | undefined }): Markup {
  if (found === undefined) return <p>The rig does not tell whether it found a dysfunction.</p>;
  if (found.length === 0) return <p>The rig found no dysfunction.</p>;
  return (
    <ul class="dysfunctions">
      {found.map((text) => (
        <li>
          <Words text={text} />
        </li>
      ))}
    </ul>
  );
}

function GroupTable({ group, report }: { readonly group: Group; readonly report: PhysicsReport }): Markup {
  return (
    <table>
      <caption>{group.title}</caption>
      <tbody>
        {group.measures.map((measure) => (
          <tr>
            <th scope="row">{measure.label}</th>
            <td class="number">{valueText(report[measure.field], measure)}</td>
            <td>{measure.unit}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function valueText(value: number | boolean | null | undefined, { digits }: Measure): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return number(value, digits);
}
