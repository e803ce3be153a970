import lock from "../../package-lock.json" with { type: "json" };

export interface Licence {
  readonly name: string;
  readonly version: string;
  /** SPDX */
  readonly licence: string;
}

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

const FOLDER = "node_modules/";

/** Of everything that the executable carries, from the lock file that it was built by. */
export function licences(): Licence[] {
  const packages = Object.entries(lock.packages as Readonly<Record<string, LockedPackage>>);
  return packages
    .filter(([path, { dev }]) => path.startsWith(FOLDER) && dev !== true)
    .map(([path, { version = "", license = "" }]) => ({
      name: path.slice(path.lastIndexOf(FOLDER) + FOLDER.length),
      version,
      licence: license,
    }))
    .toSorted((left, right) => left.name.localeCompare(right.name));
}
