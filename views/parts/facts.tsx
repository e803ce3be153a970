import type { Child, Markup } from "../jsx-runtime.ts";

/** Names and values, one a line. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, Child])[] }): Markup {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );
}
