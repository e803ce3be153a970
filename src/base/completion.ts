import type { Flag, Program, Verb } from "./verbs.ts";

export const SHELLS = ["bash", "zsh"] as const;
export type Shell = (typeof SHELLS)[number];

/** One step of a command line: what may come after these words. */
interface Step {
  /** What was typed so far; "" is nothing. */
  readonly typed: string;
  readonly choices: readonly { readonly word: string; readonly doc: string }[];
}

/** A script for the shell, out of the same table that the program reads its words by. */
export function completionScript<Context>(program: Program<Context>, shell: Shell): string {
  return shell === "bash" ? bashScript(program) : zshScript(program);
}

/** `completion bash`; the table may name the verb itself, so it is asked for when the verb runs. */
export function completionVerb<Context extends { readonly print: (text: string) => void }>(
  name: string,
  program: () => Program<Context>,
): Verb<Context> {
  return {
    name: "completion",
    summary: "print what makes a shell complete this program's words",
    arguments: [{ name: "SHELL", doc: SHELLS.join(" or "), choices: SHELLS }],
    examples: [
      `source <(${name} completion bash)`,
      `${name} completion zsh > /usr/share/zsh/vendor-completions/_${name}`,
    ],
    run: async (call, { print }) => {
      print(completionScript(program(), call.args[0] === "zsh" ? "zsh" : "bash").trimEnd());
      return 0;
    },
  };
}

/** The longest first, so that a verb of two words is not taken for its first one. */
function steps<Context>({ verbs }: Program<Context>): Step[] {
  const groups = [...new Set(verbs.map(({ name }) => firstWord(name)))];
  const ofVerbs = verbs.map((verb) => ({ typed: verb.name, choices: verbChoices(verb, verbs) }));
  const ofGroups = groups
    .filter((group) => !verbs.some(({ name }) => name === group))
    .map((group) => ({ typed: group, choices: secondWords(group, verbs) }));
  const first = groups.map((word) => ({ word, doc: verbs.find(({ name }) => name === word)?.summary ?? `${word} …` }));
  const longestFirst = [...ofVerbs, ...ofGroups].toSorted((left, right) => right.typed.length - left.typed.length);
  return [...longestFirst, { typed: "", choices: [...first, { word: "help", doc: "explain a verb" }] }];
}

function verbChoices<Context>(verb: Verb<Context>, verbs: readonly Verb<Context>[]): Step["choices"] {
  const flags = [...(verb.flags ?? []), { name: "help", doc: "show help" }];
  const words = verb.arguments?.[0]?.choices ?? [];
  return [
    ...secondWords(verb.name, verbs),
    ...words.map((word) => ({ word, doc: verb.arguments?.[0]?.doc ?? "" })),
    ...flags.map(({ name, doc }) => ({ word: `--${name}`, doc })),
  ];
}

function secondWords<Context>(group: string, verbs: readonly Verb<Context>[]): Step["choices"] {
  return verbs
    .filter(({ name }) => name.startsWith(`${group} `))
    .map(({ name, summary }) => ({ word: name.slice(group.length + 1), doc: summary }));
}

function firstWord(name: string): string {
  return name.split(" ")[0] ?? name;
}

/** What may stand behind a flag: its choices, or "" for anything, which the shell takes for a file's name. */
function flagValues<Context>({ verbs }: Program<Context>): Map<string, string> {
  const valued = verbs.flatMap(({ flags = [] }) => flags).filter((flag): flag is Flag => flag.value !== undefined);
  return new Map(valued.map(({ name, choices = [] }) => [`--${name}`, choices.join(" ")]));
}

function bashScript<Context>(program: Program<Context>): string {
  const name = functionName(program.name);
  const values = [...flagValues(program)].map(([flag, words]) => `    ${flag}) words=${quoted(words)} ;;`);
  const lines = steps(program).map(({ typed, choices }) => {
    const words = choices.map(({ word }) => word).join(" ");
    return typed === ""
      ? `      *) words=${quoted(words)} ;;`
      : `      ${quoted(`${typed} `)}*) words=${quoted(words)} ;;`;
  });
  return `# ${program.name} for bash: source it, or put it into /usr/share/bash-completion/completions/${program.name}
${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words
  case $before in
${values.join("\n")}
    *) case "\${COMP_WORDS[*]:1:COMP_CWORD-1} " in
${lines.join("\n")}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F ${name} ${program.name}
`;
}

function zshScript<Context>(program: Program<Context>): string {
  const name = functionName(program.name);
  const lines = steps(program).map(({ typed, choices }) => {
    const items = choices.map(({ word, doc }) =>
      quoted(`${word.replaceAll(":", "\\:")}:${doc.replaceAll(":", "\\:")}`),
    );
    return `    ${typed === "" ? "*" : `${quoted(`${typed} `)}*`}) items=(${items.join(" ")}) ;;`;
  });
  const values = [...flagValues(program)].map(
    ([flag, words]) => `    ${flag}) ${words === "" ? "_files" : `compadd -- ${words}`}; return ;;`,
  );
  return `#compdef ${program.name}
${name}() {
  local -a items
  case "\${words[CURRENT-1]}" in
${values.join("\n")}
  esac
  case "\${(j: :)words[2,CURRENT-1]} " in
${lines.join("\n")}
  esac
  _describe ${program.name} items || _files
}
if [ "\${funcstack[1]}" = ${name} ]; then ${name} "$@"; else compdef ${name} ${program.name}; fi
`;
}

function functionName(program: string): string {
  return `_${program}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
