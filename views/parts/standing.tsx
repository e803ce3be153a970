import type { Frame } from "../frame/model.ts";
import type { Child, Markup } from "../jsx-runtime.ts";

interface StandingProps {
  readonly frame: Frame;
  readonly id: string;
  readonly children: Child;
}

/** What never changes once it is on the page: a refresh leaves it alone, and does not carry it again. */
export function Standing({ frame, id, children }: StandingProps): Markup {
  return (
    <div id={id} hx-morph-skip="">
      {!frame.refreshing && children}
    </div>
  );
}
