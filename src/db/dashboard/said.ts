import type { Fragment, ISql } from "postgres";

/** Drillers who wrote the same words did the same, whatever the case, the spaces and the marks between them. */
export function said(sql: ISql, text: Fragment): Fragment {
  return sql`trim(regexp_replace(lower(${text}), '[\\s_.,;:!?"()]+', ' ', 'g'))`;
}
