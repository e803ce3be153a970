import { Fault } from "./fault.ts";
import { suggestion } from "./nearest.ts";

/** One flag of a verb. `value` names what follows it (`PORT`); without it the flag stands alone. */
export interface Flag {
  readonly name: string;
  readonly value?: string;
  readonly doc: string;
  readonly choices?: readonly string[];
}

export interface Argument {
  readonly name: string;
  readonly doc: string;
  readonly optional?: boolean;
  /** Takes all that follows; only the last argument may. */
  readonly many?: boolean;
  readonly choices?: readonly string[];
}

/** A verb as people type it (`rig register`), with all that --help, man pages and completion need. */
export interface Verb<Context> {
  readonly name: string;
  readonly summary: string;
  readonly details?: string;
  readonly arguments?: readonly Argument[];
  readonly flags?: readonly Flag[];
  readonly examples?: readonly string[];
  /** Returns the exit code: 0 good, 1 found a fault, 2 misused. */
  readonly run: (call: Call, context: Context) => Promise<number>;
}

export interface Call {
  readonly args: readonly string[];
  /** By key: `--bind-address` is `bind_address`. */
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
}

export interface Program<Context> {
  readonly name: string;
  readonly summary: string;
  readonly verbs: readonly Verb<Context>[];
  /** Runs when the first word is a flag or nothing. */
  readonly defaultVerb?: string;
  readonly epilogue?: string;
}

const HELP: Flag = { name: "help", doc: "show this help" };

export type Parsed<Context> = { readonly help: string } | { readonly verb: Verb<Context>; readonly call: Call };

/** Faults: `usage`, naming the word that was not understood and the nearest right one. */
export function parseCommand<Context>(program: Program<Context>, argv: readonly string[]): Parsed<Context> {
  if (argv[0] === "help" || (argv.length === 1 && isHelp(argv[0]))) {
    const named = argv[0] === "help" && argv.length > 1 ? pickVerb(program, argv.slice(1)).verb : undefined;
    return { help: named === undefined ? programHelp(program) : verbHelp(program, named) };
  }
  const { verb, rest } = pickVerb(program, argv);
  if (rest.some(isHelp)) return { help: verbHelp(program, verb) };
  return { verb, call: readCall(program.name, verb, rest) };
}

function isHelp(word: string | undefined): boolean {
  return word === "--help" || word === "-h";
}

function pickVerb<Context>(
  program: Program<Context>,
  argv: readonly string[],
): { verb: Verb<Context>; rest: readonly string[] } {
  const words = argv.slice(
    0,
    argv.findIndex((word) => word.startsWith("-")) === -1 ? undefined : argv.findIndex((word) => word.startsWith("-")),
  );
  const start = words.length === 0 && program.defaultVerb !== undefined ? [program.defaultVerb] : words;
  const found = program.verbs
    .filter((verb) => verb.name.split(" ").every((part, at) => start[at] === part))
    .toSorted((left, right) => right.name.length - left.name.length)[0];
  if (found !== undefined)
    return { verb: found, rest: words.length === 0 ? argv : argv.slice(found.name.split(" ").length) };
  throw unknownVerb(program, words);
}

function unknownVerb<Context>(program: Program<Context>, words: readonly string[]): Fault {
  const names = program.verbs.map((verb) => verb.name);
  if (words.length === 0) return new Fault("usage", `${program.name}: say what to do`, `one of ${names.join(", ")}`);
  const group = names.filter((name) => name.startsWith(`${words[0]} `));
  const typed = group.length > 0 ? words.slice(0, 2).join(" ") : (words[0] ?? "");
  const choices = group.length > 0 ? group : names;
  return new Fault("usage", `${program.name}: unknown command "${typed}"`, suggestion(typed, choices));
}

function readCall<Context>(program: string, verb: Verb<Context>, words: readonly string[]): Call {
  const flags: Record<string, string | boolean> = {};
  const args: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") {
      args.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") args.push(word);
    else at += readFlag(program, verb, word, words[at + 1], flags);
  }
  checkArguments(program, verb, args);
  return { args, flags };
}

/** Returns how many words after the flag it took. */
function readFlag<Context>(
  program: string,
  verb: Verb<Context>,
  word: string,
  next: string | undefined,
  flags: Record<string, string | boolean>,
): number {
  const [name, inline] = splitOnce(word.replace(/^--?/, ""));
  const flag = verb.flags?.find((candidate) => candidate.name === name);
  if (flag === undefined) {
    const names = [...(verb.flags ?? []), HELP].map((candidate) => `--${candidate.name}`);
    throw new Fault("usage", `${program} ${verb.name}: unknown flag ${word}`, suggestion(`--${name}`, names));
  }
  const key = name.replaceAll("-", "_");
  if (flag.value === undefined) {
    if (inline !== undefined) throw new Fault("usage", `--${name} takes no value`, `write --${name} alone`);
    flags[key] = true;
    return 0;
  }
  const value = inline ?? next;
  if (value === undefined) throw new Fault("usage", `--${name} needs a value`, `write --${name} ${flag.value}`);
  if (flag.choices?.includes(value) === false) {
    throw new Fault("usage", `--${name} cannot be ${JSON.stringify(value)}`, suggestion(value, flag.choices));
  }
  flags[key] = value;
  return inline === undefined ? 1 : 0;
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function checkArguments<Context>(program: string, verb: Verb<Context>, args: readonly string[]): void {
  const known = verb.arguments ?? [];
  const missing = known.find((argument, at) => argument.optional !== true && args[at] === undefined);
  if (missing !== undefined) {
    throw new Fault("usage", `${program} ${verb.name}: ${missing.name} is missing`, usageLine(program, verb));
  }
  for (const [at, { name, choices }] of known.entries()) {
    const value = args[at];
    if (value === undefined || choices === undefined || choices.includes(value)) continue;
    throw new Fault("usage", `${name} cannot be ${JSON.stringify(value)}`, suggestion(value, choices));
  }
  const extra = known.at(-1)?.many === true ? undefined : args[known.length];
  if (extra !== undefined) {
    throw new Fault("usage", `${program} ${verb.name}: unexpected ${JSON.stringify(extra)}`, usageLine(program, verb));
  }
}

export function usageLine<Context>(program: string, verb: Verb<Context>): string {
  const args = (verb.arguments ?? []).map(({ name, optional, many }) => {
    const shown = many === true ? `${name}…` : name;
    return optional === true ? `[${shown}]` : shown;
  });
  const flags = verb.flags === undefined || verb.flags.length === 0 ? [] : ["[flags]"];
  return [program, verb.name, ...args, ...flags].join(" ");
}

export function programHelp<Context>(program: Program<Context>): string {
  const lines = program.verbs.map((verb) => row(verb.name, verb.summary));
  const more = `Run "${program.name} help VERB" for one of them.`;
  return [
    `${program.name}: ${program.summary}`,
    "",
    ...lines,
    "",
    more,
    ...(program.epilogue === undefined ? [] : ["", program.epilogue]),
    "",
  ].join("\n");
}

export function verbHelp<Context>(program: Program<Context>, verb: Verb<Context>): string {
  const flags = [...(verb.flags ?? []), HELP].map((flag) =>
    row(`--${flag.name}${flag.value === undefined ? "" : ` ${flag.value}`}`, flag.doc),
  );
  const args = (verb.arguments ?? []).map((argument) => row(argument.name, argument.doc));
  const examples = (verb.examples ?? []).map((example) => `  ${example}`);
  return [
    usageLine(program.name, verb),
    verb.summary,
    ...(verb.details === undefined ? [] : ["", verb.details]),
    ...(args.length === 0 ? [] : ["", ...args]),
    "",
    ...flags,
    ...(examples.length === 0 ? [] : ["", "Examples:", ...examples]),
    "",
  ].join("\n");
}

const LABEL_WIDTH = 28;

function row(label: string, text: string): string {
  return label.length < LABEL_WIDTH
    ? `  ${label.padEnd(LABEL_WIDTH)}${text}`
    : `  ${label}\n  ${" ".repeat(LABEL_WIDTH)}${text}`;
}
