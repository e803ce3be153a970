import { rigKeysHref } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Action } from "../parts/action.tsx";
import { Section } from "../parts/panel.tsx";
import type { AdminHome } from "./model.ts";

const NAME_MAX = 64;
const PLACE_MAX = 200;
const URL_MAX = 200;

/** Where rigs stand; any other IANA name can be typed. */
const ZONES = [
  "UTC",
  "America/Chicago",
  "America/Denver",
  "America/Los_Angeles",
  "America/Anchorage",
  "America/Edmonton",
  "America/St_Johns",
  "America/Mexico_City",
  "America/Sao_Paulo",
  "America/Argentina/Buenos_Aires",
  "Europe/London",
  "Europe/Oslo",
  "Africa/Lagos",
  "Africa/Luanda",
  "Africa/Cairo",
  "Asia/Riyadh",
  "Asia/Dubai",
  "Asia/Baku",
  "Asia/Kolkata",
  "Asia/Kuala_Lumpur",
  "Asia/Jakarta",
  "Asia/Shanghai",
  "Australia/Perth",
  "Australia/Brisbane",
] as const;

/** Three fields and a zone make a rig. What was typed stays when it is refused. */
export function EnrolForm({ frame, page }: { readonly frame: Frame; readonly page: AdminHome }): Markup {
  const { form, problem } = page;
  return (
    <Section id="enrol" title="Enrol a rig">
      <p>
        Makes a code of eight characters, good once and for 24 hours. The rig's machine gets its own key with it; nobody
        has to carry a key.
      </p>
      {problem !== undefined && (
        <p id="enrol-problem" class="problem" role="alert">
          {`No code was made: ${problem.sentence}.`}
          {problem.enrolled !== undefined && (
            <>
              {" "}
              <a href={rigKeysHref(problem.enrolled)}>Its keys</a>
            </>
          )}
        </p>
      )}
      <Action frame={frame} action="/admin/enrolments" label="Make the code" id="enrol-form">
        <Text
          name="rig_id"
          label="Rig"
          value={form.rig_id}
          max={NAME_MAX}
          hint="RIG-7"
          refused={problem !== undefined}
        />
        <Text name="well_id" label="Well" value={form.well_id} max={PLACE_MAX} hint="WOLFCAMP 24H" />
        <Text name="field" label="Field" value={form.field} max={PLACE_MAX} hint="Permian Basin" />
        <Text name="time_zone" label="Crew's time zone" value={form.time_zone} max={NAME_MAX} list="zones" />
        <Text name="hub_url" label="This hub, as the rig reaches it" value={form.hub_url} max={URL_MAX} />
        <datalist id="zones">
          {ZONES.map((zone) => (
            <option value={zone}></option>
          ))}
        </datalist>
      </Action>
    </Section>
  );
}

interface TextProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly max: number;
  readonly hint?: string;
  readonly list?: string;
  readonly refused?: boolean;
}

function Text({ name, label, value, max, hint, list, refused = false }: TextProps): Markup {
  return (
    <label class="field">
      {label}
      <input
        name={name}
        value={value}
        maxlength={max}
        placeholder={hint}
        list={list}
        required
        autocomplete="off"
        spellcheck="false"
        aria-invalid={refused && "true"}
        aria-describedby={refused && "enrol-problem"}
      />
    </label>
  );
}
