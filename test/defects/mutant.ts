/** The smallest edit of our own code that brings a defect back. */
export interface Mutant {
  readonly defect: number;
  /** What is wrong again. */
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The file whose test of this defect has to fail. */
  readonly test: string;
  /** Only these tests of it; otherwise all that are named after the defect. */
  readonly named?: string;
}

/** Of a suite that runs on both engines: a defect is of no engine, and the server is the quicker one. */
export function onServer(defect: number): string {
  return String.raw`\(server\).*defect ${defect}:`;
}
