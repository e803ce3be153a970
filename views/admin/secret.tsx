import type { Frame } from "../frame/model.ts";
import { Heading } from "../frame/page.tsx";
import type { Markup } from "../jsx-runtime.ts";
import { Section } from "../parts/panel.tsx";
import type { SecretPage } from "./model.ts";

/** A key in the reply to the press that made it: reloading makes another, and nothing shows this one again. */
export function SecretView({ frame, page }: { readonly frame: Frame; readonly page: SecretPage }): Markup {
  const { what, secret, next, back } = page;
  return (
    <>
      <Heading frame={frame}>
        <a href={back.href}>{back.label}</a>
      </Heading>
      <Section id="secret" title={`${what}, shown this once`}>
        <pre class="paper secret" tabindex="0" role="region" aria-label={what}>
          {secret}
        </pre>
        <p>The hub keeps a hash only. Copy it now, over a way that nobody else reads.</p>
        {next.map((sentence) => (
          <p>{sentence}</p>
        ))}
      </Section>
    </>
  );
}
