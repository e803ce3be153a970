import type { Mutant } from "./mutant.ts";
import { EDGE_MUTANTS } from "./mutants-edge.ts";
import { LIBRARY_MUTANTS } from "./mutants-library.ts";
import { RIG_MUTANTS } from "./mutants-rig.ts";

/** At least one for each defect, in their order. */
export const MUTANTS: readonly Mutant[] = [...RIG_MUTANTS, ...LIBRARY_MUTANTS, ...EDGE_MUTANTS].toSorted(
  (left, right) => left.defect - right.defect,
);
