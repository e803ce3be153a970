import { HUB_MUTANTS } from "./hub-mutants.ts";
import type { SimMutant } from "./mutant.ts";
import { RIG_MUTANTS } from "./rig-mutants.ts";

export const SIM_MUTANTS: readonly SimMutant[] = [...HUB_MUTANTS, ...RIG_MUTANTS];

export function mutantNamed(name: string): SimMutant {
  const mutant = SIM_MUTANTS.find((one) => one.name === name);
  if (mutant === undefined)
    throw new Error(`there is no mutant ${name}: ${SIM_MUTANTS.map((one) => one.name).join(", ")}`);
  return mutant;
}
