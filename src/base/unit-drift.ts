import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fail, ok, warn, type Finding } from "./findings.ts";

/** Where systemd looks, the strongest first. */
export interface UnitPlaces {
  readonly folders: readonly string[];
  /** By name, as this release was tested with them. */
  readonly shipped: Readonly<Record<string, string>>;
  /** What puts them back. */
  readonly installer: string;
}

/** What each switches the runtime's compiler off, or keeps SQLite from its disk. */
const HARMFUL =
  /^\s*(MemoryDenyWriteExecute=(?:yes|true|1|on)|Limit(?:AS|DATA)=(?!infinity|128G)\S+|SystemCallFilter=~.*@sync)/m;

/** Installed units against those of this release, and what was added to them by hand. */
export function judgeUnits({ folders, shipped, installer }: UnitPlaces): Finding[] {
  const found = Object.entries(shipped).flatMap(([name, text]) => {
    const path = folders.map((folder) => join(folder, name)).find((each) => existsSync(each));
    return path === undefined ? [] : [{ path, differs: readFileSync(path, "utf8") !== text }];
  });
  const changed = found.filter(({ differs }) => differs).map(({ path }) => path);
  const drift =
    changed.length === 0
      ? ok("units", found.length === 0 ? "not installed here" : `${found.length} as shipped`)
      : warn(
          "units",
          `not this release's: ${changed.join(", ")}`,
          `run ${installer} again, and keep changes of yours in systemctl edit`,
        );
  return [drift, ...folders.flatMap((folder) => Object.keys(shipped).flatMap((name) => judgeDropIns(folder, name)))];
}

function judgeDropIns(folder: string, name: string): Finding[] {
  const place = join(folder, `${name}.d`);
  if (!existsSync(place)) return [];
  return readdirSync(place).flatMap((file) => {
    const line = HARMFUL.exec(textOf(join(place, file)))?.[1];
    if (line === undefined) return [];
    return [
      fail(
        "units",
        `${join(place, file)} says ${line}: the program cannot run with it`,
        "take it out, systemctl daemon-reload",
      ),
    ];
  });
}

/** Empty for what cannot be read. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
