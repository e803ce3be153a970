import { statfs } from "node:fs/promises";

export interface DiskSpace {
  readonly free_bytes: number;
  readonly total_bytes: number;
}

/** Of the disk that holds the path, as far as this user may fill it; undefined where that cannot be asked. */
export async function diskSpace(path: string): Promise<DiskSpace | undefined> {
  try {
    const { bavail, blocks, bsize } = await statfs(path);
    return { free_bytes: bavail * bsize, total_bytes: blocks * bsize };
  } catch {
    return undefined;
  }
}
