import type { Frame, Panel } from "../frame/model.ts";
import type { Child, Markup } from "../jsx-runtime.ts";

interface SectionProps {
  /** Of the heading, and so unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly children?: Child;
}

export function Section({ id, title, children }: SectionProps): Markup {
  return (
    <section aria-labelledby={id} class="panel">
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

interface PanelProps<T> extends Omit<SectionProps, "children"> {
  readonly frame: Frame;
  readonly panel: Panel<T>;
  readonly show: (value: T) => Child;
}

/** A part of the page that may fail alone: it then says what failed, never zeros. */
export function PanelSection<T>({ frame, id, title, panel, show }: PanelProps<T>): Markup {
  return (
    <Section id={id} title={title}>
      {"value" in panel ? show(panel.value) : <Failure frame={frame} {...panel.problem} />}
    </Section>
  );
}

function Failure(props: { readonly frame: Frame; readonly sentence: string; readonly requestId: string }): Markup {
  return (
    <p class="problem">
      {props.sentence} <small>{`Request ${props.requestId}.`}</small> <a href={props.frame.here}>Try again</a>
    </p>
  );
}

/** Why there is nothing, and the next step. */
export function Empty({ children }: { readonly children: Child }): Markup {
  return <p class="empty">{children}</p>;
}
