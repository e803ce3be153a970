import type { Frame } from "../frame/model.ts";
import type { Child, Markup } from "../jsx-runtime.ts";

interface ActionProps {
  readonly frame: Frame;
  /** Where the form is posted. */
  readonly action: string;
  /** The words on the button. */
  readonly label: string;
  /** Fields that the person does not see. */
  readonly hidden?: Readonly<Record<string, string>>;
  /** Asked once more by our script; without one the press acts at once. */
  readonly confirm?: string;
  readonly dangerous?: boolean;
  readonly id?: string;
  readonly children?: Child;
}

/** The one way to change something. A viewer sees it, disabled, with the reason; the server refuses in any case. */
export function Action(props: ActionProps): Markup {
  const { frame, action, label, hidden = {}, confirm, dangerous = false, id, children } = props;
  const forbidden = frame.role !== "admin";
  return (
    <form method="post" action={action} class="action" id={id} data-confirm={confirm}>
      <input type="hidden" name="form_token" value={frame.formToken} />
      {Object.entries(hidden).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <fieldset disabled={forbidden}>
        {children}
        <button class={dangerous ? "dangerous" : undefined}>{label}</button>
      </fieldset>
      {forbidden && <small>A viewer cannot do this: sign in with the admin's key.</small>}
    </form>
  );
}
