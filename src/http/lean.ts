import { extname } from "node:path";

/** `htmx.min.js`, and `htmx.min-4f1a.js` inside an executable. */
const MADE_LEAN = /\.min\b/;

/** Comments and indentation are for who reads the source; browsers at the end of a slow link wait for them. */
export function lean(file: string, text: string): string {
  if (MADE_LEAN.test(file)) return text;
  if (extname(file) === ".css") return leanStyle(text);
  return extname(file) === ".js" ? leanScript(text) : text;
}

function leanStyle(text: string): string {
  return text.replaceAll(/\/\*(?!!)[\s\S]*?\*\//g, "").replaceAll(/\s*\n\s*/g, "\n");
}

function leanScript(text: string): string {
  return new Bun.Transpiler({ loader: "js", target: "browser", minifyWhitespace: true }).transformSync(text);
}
