import type { Markup } from "../jsx-runtime.ts";
import { THEMES, type Frame } from "./model.ts";

/** Kept in a cookie of this browser, by a form: it works without a script and flashes no other theme first. */
export function Preferences({ frame }: { readonly frame: Frame }): Markup {
  return (
    <details class="display">
      <summary>Display</summary>
      <form method="post" action="/preferences">
        <input type="hidden" name="form_token" value={frame.formToken} />
        <input type="hidden" name="next" value={frame.here} />
        <fieldset>
          <legend>Colours</legend>
          {THEMES.map((theme) => (
            <label>
              <input type="radio" name="theme" value={theme} checked={theme === frame.theme} /> {theme}
            </label>
          ))}
        </fieldset>
        <label>
          <input type="checkbox" name="keys" value="on" checked={frame.shortcuts} /> single-key shortcuts
        </label>
        <button>Keep</button>
      </form>
    </details>
  );
}
