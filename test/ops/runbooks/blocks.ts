/** A fenced block that a document promises to work: ```sh test, or ```sh test exit=1 where a refusal is shown. */
export interface Block {
  readonly line: number;
  readonly script: string;
  readonly exit: number;
}

export function testBlocks(markdown: string): Block[] {
  return [...markdown.matchAll(/^```sh test(?: exit=(\d+))?\n([\s\S]*?)^```$/gm)].map((found) => ({
    line: markdown.slice(0, found.index).split("\n").length,
    script: found[2] ?? "",
    exit: Number(found[1] ?? 0),
  }));
}

/** Lines that start something: neither comments, nor what goes on from the line before, nor what a here-document holds. */
export function commandCount(script: string): number {
  const plain = script.replaceAll(/<<-?\s*'?(\w+)'?.*\n[\s\S]*?^\s*\1$/gm, "");
  const joined = plain.replaceAll(/\\\n/g, " ").replaceAll(/\n\s*(?=\||&&|\|\|)/g, " ");
  return joined.split("\n").filter((line) => line.trim() !== "" && !line.trim().startsWith("#")).length;
}

/** `<!-- machine: bare -->` in a document: it begins before anything is installed. */
export function startsBare(markdown: string): boolean {
  return markdown.includes("<!-- machine: bare -->");
}
