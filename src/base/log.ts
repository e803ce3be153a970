import pino from "pino";
import type { Clock } from "./clock.ts";

export type LogFields = Record<string, unknown>;
export type LogLevel = "debug" | "info" | "warn" | "error";
export const logLevels: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** `event` is a stable name (`event.accepted`), never a sentence built from values: the fields carry those. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** The same log with fields added to every entry. */
  child(fields: LogFields): Log;
}

/** Field names whose values never reach a log, at the top and one level down. */
const SECRET_FIELDS = ["api_key", "key", "admin_key", "authorization", "cookie", "password", "database_url"];

export interface LogOptions {
  readonly service: string;
  readonly level: LogLevel;
  readonly clock: Clock;
  /** Receives one whole line, with its newline. */
  readonly write: (line: string) => void;
}

/** One JSON object a line: `{"time":"…Z","level":"info","service":"…","event":"…",…}`. */
export function jsonLog(options: LogOptions): Log {
  const logger = pino(
    {
      level: options.level,
      base: { service: options.service },
      messageKey: "event",
      timestamp: () => `,"time":"${new Date(options.clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: "[redacted]" },
      serializers: { error: pino.stdSerializers.err },
    },
    { write: options.write },
  );
  return fromPino(logger);
}

/** Says nothing. For tests and for verbs that print to people. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};

function fromPino(logger: pino.Logger): Log {
  return {
    debug: (event, fields) => logger.debug(fields ?? {}, event),
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
    child: (fields) => fromPino(logger.child(fields)),
  };
}
