import type { Child, Markup } from "../jsx-runtime.ts";

/** Asked once more, with a script or without: the form is not sent before it is ticked, nor taken by the hub. */
export function Agreed({ children }: { readonly children: Child }): Markup {
  return (
    <label class="agreed">
      <input type="checkbox" name="agreed" value="yes" required /> {children}
    </label>
  );
}
