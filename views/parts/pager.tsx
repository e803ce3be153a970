import { queryOf, withQuery } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Child, Markup } from "../jsx-runtime.ts";

/** Rows of a page, as the address may ask. */
export const PAGE_SIZES = [25, 50, 100] as const;
export const PAGE_SIZE = 50;

interface PagerProps {
  readonly frame: Frame;
  /** Where the next page starts; null on the last. */
  readonly next: string | null;
  readonly size: number;
  /** `1,204 events`, `10,000+ events`. */
  readonly total?: string | undefined;
  /** Further links: CSV. */
  readonly children?: Child;
}

export function Pager({ frame, next, size, total, children }: PagerProps): Markup {
  const started = queryOf(frame.here).has("after");
  return (
    <nav class="pager" aria-label="Pages of the list">
      {total !== undefined && <span>{total}</span>}
      {started && <a href={withQuery(frame.here, { after: undefined })}>First page</a>}
      {next !== null && (
        <a href={withQuery(frame.here, { after: next })} rel="next">
          Next page
        </a>
      )}
      <span>
        Rows:{" "}
        {PAGE_SIZES.map((rows) => (
          <>
            {rows === size ? (
              <strong aria-current="true">{rows}</strong>
            ) : (
              <a href={withQuery(frame.here, { size: rows === PAGE_SIZE ? undefined : rows, after: undefined })}>
                {rows}
              </a>
            )}{" "}
          </>
        ))}
      </span>
      {children}
    </nav>
  );
}
