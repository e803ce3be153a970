import type { Frame } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";
import type { RigLine } from "../rigs/model.ts";

interface Props {
  readonly frame: Frame;
  readonly line: RigLine;
}

/** The ways to the pages that change a rig. What cannot be done says why. */
export function Doors({ frame, line }: Props): Markup {
  const refusal = refusalOf(frame, line);
  const path = `/admin/rigs/${encodeURIComponent(line.rig_id)}`;
  if (refusal === undefined) {
    return (
      <p class="doors">
        <a href={`${path}/rotate`}>Rotate its key</a>
        <a href={`${path}/revoke`} class="dangerous">
          Revoke it
        </a>
      </p>
    );
  }
  return (
    <p class="doors">
      {["Rotate its key", "Revoke it"].map((label) => (
        <button type="button" disabled aria-describedby="doors-refusal">
          {label}
        </button>
      ))}
      <small id="doors-refusal">{refusal}</small>
    </p>
  );
}

function refusalOf({ role }: Frame, { state }: RigLine): string | undefined {
  if (role !== "admin") return "A viewer cannot do this: sign in with the admin's key.";
  return state === "revoked" ? "It is revoked: enrol it again under Admin." : undefined;
}
