import type { Product } from "../../../scripts/build-executable.ts";

/** A small wrong turn in the product, which a row of the table of faults has to find. */
export interface FaultMutant {
  readonly row: string;
  /** What is wrong. */
  readonly name: string;
  readonly product: Product;
  /** The row runs the product's code itself, and not its executable. */
  readonly inProcess?: true;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Faults within which it is found. */
  readonly times: number;
}
