import { sha256 } from "../../base/digest.ts";

const LANES = 8;
const LANE_BYTES = 4;

export interface RowDigest {
  add(row: string): void;
  readonly rows: number;
  /** 64 hexadecimal digits. */
  value(): string;
}

/**
 * The sum of the rows' SHA-256, in lanes of 32 bits: equal for equal rows in any order. A database gives its rows as
 * they lie, and sorting a million of them only to compare would fill a disk.
 */
export function createRowDigest(): RowDigest {
  const sums = new Uint32Array(LANES);
  let rows = 0;
  return {
    add(row) {
      const digest = sha256(row);
      const view = new DataView(digest.buffer, digest.byteOffset);
      // The array keeps 32 bits of each sum by itself.
      for (let lane = 0; lane < LANES; lane++) {
        sums[lane] = (sums[lane] ?? 0) + view.getUint32(lane * LANE_BYTES);
      }
      rows++;
    },
    get rows() {
      return rows;
    },
    value: () => Array.from(sums, (sum) => sum.toString(16).padStart(2 * LANE_BYTES, "0")).join(""),
  };
}
