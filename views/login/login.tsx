import { Document } from "../frame/document.tsx";
import type { Assets } from "../frame/model.ts";
import type { Markup } from "../jsx-runtime.ts";

export interface LoginProps {
  /** A path of this hub, where the person was going. */
  readonly next: string;
  /** Why the last try failed. */
  readonly problem: string | undefined;
  readonly assets: Assets;
}

const KEY_MAX = 512;

/** One field, which takes what is pasted and what a password manager fills in. */
export function LoginPage({ next, problem, assets }: LoginProps): Markup {
  return (
    <Document title="Sign in" assets={assets}>
      <main id="main" class="narrow sign-in">
        <h1>Fleet Hub</h1>
        <form method="post" action="/login">
          <input type="hidden" name="next" value={next} />
          <label for="key">Key</label>
          <input
            id="key"
            name="key"
            type="password"
            autocomplete="current-password"
            autocapitalize="none"
            spellcheck="false"
            maxlength={KEY_MAX}
            required
            autofocus
            aria-invalid={problem !== undefined && "true"}
            aria-describedby={problem === undefined ? "key-help" : "problem key-help"}
          />
          {problem !== undefined && (
            <p id="problem" class="problem" role="alert">
              {problem}
            </p>
          )}
          <button>Sign in</button>
          <p id="key-help">
            <small>
              The admin's key was shown once, when this hub was started first, or stands in its settings. An admin hands
              out the key for viewers.
            </small>
          </p>
        </form>
      </main>
    </Document>
  );
}
