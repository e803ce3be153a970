/** A figure that was measured, beside the tests' own lines. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
