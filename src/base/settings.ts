import { Fault } from "./fault.ts";
import { suggestion } from "./nearest.ts";
import { show } from "./schema.ts";

/** One setting: where it may be given, what it may be, what it is for. The tables of both executables are made of these. */
export interface Setting<T> {
  /** Environment variables, the preferred first. */
  readonly env: readonly string[];
  /** What people read in --help and in errors. */
  readonly doc: string;
  /** Absent when the setting has no value of its own. */
  readonly fallback: T;
  /** From a text or a TOML value; throws a sentence without subject ("must be …"). */
  readonly parse: (raw: unknown) => T;
  /** Never printed. */
  readonly secret: boolean;
}

export type SettingTable = Readonly<Record<string, Setting<unknown>>>;
export type SettingValues<T extends SettingTable> = {
  readonly [K in keyof T]: T[K] extends Setting<infer V> ? V : never;
};

/** Where values come from, strongest first; `name` is what an error calls it ("--port", "FLEET_PORT", "fleet.toml line 3"). */
export interface SettingSource {
  get(key: string, setting: Setting<unknown>): { readonly raw: unknown; readonly name: string } | undefined;
}

interface Common {
  readonly env: string | readonly string[];
  readonly doc: string;
  readonly secret?: boolean;
}

function base(common: Common): { env: readonly string[]; doc: string; secret: boolean } {
  const env = typeof common.env === "string" ? [common.env] : common.env;
  return { env, doc: common.doc, secret: common.secret ?? false };
}

export function integerSetting(options: Common & { fallback: number; min: number; max: number }): Setting<number> {
  const parse = (raw: unknown): number => {
    const value = typeof raw === "string" && /^-?\d+$/.test(raw.trim()) ? Number(raw) : raw;
    const fits = typeof value === "number" && Number.isInteger(value) && value >= options.min && value <= options.max;
    if (!fits) throw new Error(`must be a whole number from ${options.min} to ${options.max}`);
    return value;
  };
  return { ...base(options), fallback: options.fallback, parse };
}

export function textSetting<D extends string | undefined>(
  options: Common & { fallback: D; pattern?: RegExp; form?: string },
): Setting<string | D> {
  const parse = (raw: unknown): string | D => {
    if (typeof raw !== "string") throw new Error("must be a text in quotes");
    if (raw === "") return options.fallback;
    if (options.pattern?.test(raw) === false) throw new Error(options.form ?? `must match ${options.pattern.source}`);
    return raw;
  };
  return { ...base(options), fallback: options.fallback, parse };
}

export function booleanSetting(options: Common & { fallback: boolean }): Setting<boolean> {
  const words: Record<string, boolean> = {
    true: true,
    "1": true,
    yes: true,
    on: true,
    false: false,
    "0": false,
    no: false,
    off: false,
  };
  const parse = (raw: unknown): boolean => {
    const value = typeof raw === "string" ? words[raw.trim().toLowerCase()] : raw;
    if (typeof value !== "boolean") throw new Error("must be true or false");
    return value;
  };
  return { ...base(options), fallback: options.fallback, parse };
}

export function choiceSetting<const C extends readonly string[]>(
  options: Common & { fallback: C[number]; choices: C },
): Setting<C[number]> {
  const parse = (raw: unknown): C[number] => {
    const found = options.choices.find((choice) => choice === raw);
    if (found === undefined)
      throw new Error(`must be ${options.choices.join(" or ")}; ${suggestion(String(raw), options.choices)}`);
    return found;
  };
  return { ...base(options), fallback: options.fallback, parse };
}

/** A list of words: a TOML array, or a text with commas. */
export function wordsSetting(options: Common & { fallback: readonly string[] }): Setting<readonly string[]> {
  const parse = (raw: unknown): readonly string[] => {
    const items: unknown = typeof raw === "string" ? raw.split(",") : raw;
    if (!Array.isArray(items) || !items.every((item) => typeof item === "string")) {
      throw new Error("must be a list of words");
    }
    return items.map((item) => item.trim()).filter((item) => item !== "");
  };
  return { ...base(options), fallback: options.fallback, parse };
}

/** Reads every setting, the first source that has it wins. All that is wrong is told at once. Faults: `config`. */
export function readSettings<T extends SettingTable>(table: T, sources: readonly SettingSource[]): SettingValues<T> {
  const problems: string[] = [];
  const entries = Object.entries(table).map(([key, setting]) => {
    try {
      return [key, readOne(key, setting, sources)] as const;
    } catch (error) {
      problems.push((error as Error).message);
      return [key, undefined] as const;
    }
  });
  if (problems.length > 0) throw new Fault("config", problems.join("\n"));
  return Object.fromEntries(entries) as SettingValues<T>;
}

function readOne(key: string, setting: Setting<unknown>, sources: readonly SettingSource[]): unknown {
  for (const source of sources) {
    const found = source.get(key, setting);
    if (found === undefined) continue;
    try {
      return setting.parse(found.raw);
    } catch (error) {
      const value = setting.secret ? "a secret" : show(found.raw);
      throw new Error(`${found.name} ${(error as Error).message}, not ${value}`, { cause: error });
    }
  }
  return setting.fallback;
}

/** `environment` is a whole process environment, or the values of a .env file. */
export function environmentSource(environment: Readonly<Record<string, string | undefined>>): SettingSource {
  return {
    get(_key, setting) {
      for (const name of setting.env) {
        const raw = environment[name];
        if (raw !== undefined && raw !== "") return { raw, name };
      }
      return undefined;
    },
  };
}

/** Values that the command line gave, by the setting's key; `flag` makes the name an error shows. */
export function flagSource(flags: Readonly<Record<string, string | boolean | undefined>>): SettingSource {
  return {
    get(key) {
      const raw = flags[key];
      return raw === undefined ? undefined : { raw, name: `--${key.replaceAll("_", "-")}` };
    },
  };
}
