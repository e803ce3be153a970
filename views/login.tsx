import { Document } from "./frame/document.tsx";
import type { Assets } from "./frame/model.ts";
import type { Markup } from "./jsx-runtime.ts";

export interface LoginProps {
  /** A path of this hub, where the person was going. */
  readonly next: string;
  /** Why the last try failed. */
  readonly problem: string | undefined;
  readonly assets: Assets;
}

export function LoginPage({ next, problem, assets }: LoginProps): Markup {
  return (
    <Document title="Sign in" assets={assets}>
      <main id="main" class="narrow">
        <h1>Fleet Hub</h1>
        <form method="post" action="/login">
          <input type="hidden" name="next" value={next} />
          <label for="key">Key</label>
          <input
            id="key"
            name="key"
            type="password"
            autocomplete="current-password"
            required
            autofocus
            aria-describedby={problem === undefined ? undefined : "problem"}
          />
          {problem !== undefined && (
            <p id="problem" class="problem" role="alert">
              {problem}
            </p>
          )}
          <button>Sign in</button>
        </form>
      </main>
    </Document>
  );
}
