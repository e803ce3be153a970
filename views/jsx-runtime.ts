/** HTML that may stand in a page as it is. Only the runtime and `raw` make it. */
export class Markup {
  constructor(readonly html: string) {}

  toString(): string {
    return this.html;
  }
}

export type Child = Markup | string | number | boolean | null | undefined | readonly Child[];
export type Attributes = Readonly<Record<string, Child>>;
type Component = (props: never) => Markup;

const VOID_TAGS = new Set(["br", "col", "hr", "img", "input", "link", "meta", "wbr"]);

/** The one way around escaping: for markup that this project wrote itself, never for data. */
export function raw(html: string): Markup {
  return new Markup(html);
}

export function jsx(tag: string | Component, props: Attributes): Markup {
  if (typeof tag === "function") return tag(props as never);
  // Loops and sums of strings: a page is some thousand elements, and copies of their attributes took half its time.
  let html = `<${tag}`;
  for (const name in props) if (name !== "children") html += attribute(name, props[name]);
  return new Markup(VOID_TAGS.has(tag) ? `${html}>` : `${html}>${text(props["children"])}</${tag}>`);
}

export { jsx as jsxs, jsx as jsxDEV };

export function Fragment({ children }: { readonly children?: Child }): Markup {
  return new Markup(text(children));
}

function attribute(name: string, value: Child): string {
  if (value === undefined || value === null || value === false) return "";
  return value === true ? ` ${name}` : ` ${name}="${Bun.escapeHTML(String(value))}"`;
}

function text(child: Child): string {
  if (child instanceof Markup) return child.html;
  if (typeof child === "string") return Bun.escapeHTML(child);
  if (typeof child === "number") return `${child}`;
  if (child === null || child === undefined || typeof child === "boolean") return "";
  let html = "";
  for (const one of child) html += text(one);
  return html;
}

/** What the compiler looks up: any element, any attribute, and components that give markup. */
export declare namespace JSX {
  type Element = Markup;
  interface ElementChildrenAttribute {
    children: unknown;
  }
  interface IntrinsicElements {
    [tag: string]: Attributes;
  }
}
