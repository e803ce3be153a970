import { usageLine, type Program, type Verb } from "./verbs.ts";

export interface ManPage {
  readonly version: string;
  /** `2026-11-25` */
  readonly date: string;
  /** Other pages, like `fleet-spoke(1)`. */
  readonly seeAlso: readonly string[];
}

/** A manual page in man(7), out of the same table that the program reads its words by. */
export function manPage<Context>(program: Program<Context>, { version, date, seeAlso }: ManPage): string {
  const { name, summary, verbs, epilogue, defaultVerb } = program;
  return [
    `.TH ${name.toUpperCase().replaceAll("-", "\\-")} 1 ${date} "${name} ${version}" "Fleet Hub"`,
    ".SH NAME",
    `${literal(name)} \\- ${text(summary)}`,
    ".SH SYNOPSIS",
    `.B ${literal(name)}`,
    ".I VERB",
    "[arguments] [flags]",
    ".SH VERBS",
    ...(defaultVerb === undefined ? [] : [text(`Without a verb it is ${defaultVerb}.`)]),
    ...verbs.flatMap((verb) => verbText(name, verb)),
    ...(epilogue === undefined ? [] : [".SH NOTES", ".nf", ...lines(epilogue), ".fi"]),
    ".SH EXIT STATUS",
    text("0 when all is well, 1 when a fault was found, 2 when the command line was not understood."),
    ".SH SEE ALSO",
    seeAlso.map((page) => text(page)).join(", "),
    "",
  ].join("\n");
}

function verbText<Context>(program: string, verb: Verb<Context>): string[] {
  const { summary, details, arguments: args = [], flags = [], examples = [] } = verb;
  const entries = [
    ...args.map(({ name, doc }) => [name, doc] as const),
    ...flags.map(({ name, value, doc }) => [`--${name}${value === undefined ? "" : ` ${value}`}`, doc] as const),
  ];
  return [
    `.SS ${literal(usageLine(program, verb))}`,
    text(`${summary[0]?.toUpperCase() ?? ""}${summary.slice(1)}.`),
    ...(details === undefined ? [] : [".PP", ...lines(details)]),
    ...entries.flatMap(([label, doc]) => [".TP", `.B ${literal(label)}`, text(doc)]),
    ...(examples.length === 0
      ? []
      : [".PP", "Examples:", ".PP", ".nf", ...examples.map((line) => `    ${literal(line)}`), ".fi"]),
  ];
}

function lines(many: string): string[] {
  return many.split("\n").map((line) => (line === "" ? "\\&" : text(line)));
}

/** What is typed: its hyphens must stay hyphens when somebody copies them. */
function literal(words: string): string {
  return text(words).replaceAll("-", "\\-");
}

/** No line of a page may begin with a dot or an apostrophe that is not a macro's. */
function text(words: string): string {
  return words
    .replaceAll("\\", "\\e")
    .replaceAll("…", "...")
    .replaceAll("“", '"')
    .replace(/^([.'])/, "\\&$1");
}
