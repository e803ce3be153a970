import type { Edit } from "../kernel/load.ts";

/** A small wrong turn of the product, which the simulation has to find. */
export interface SimMutant extends Edit {
  /** By which it is asked for. */
  readonly name: string;
}
