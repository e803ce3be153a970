import { raw, type Markup } from "../jsx-runtime.ts";

/** Data for a script. A `<` would let a text end the element and begin another. */
export function JsonIsland({ id, value }: { readonly id: string; readonly value: unknown }): Markup {
  const json = JSON.stringify(value).replaceAll("<", "\\u003c");
  return (
    <script type="application/json" id={id}>
      {raw(json)}
    </script>
  );
}
