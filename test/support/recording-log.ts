import type { Log, LogFields, LogLevel } from "../../src/base/log.ts";

export interface LogEntry {
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
}

export interface RecordingLog extends Log {
  readonly entries: readonly LogEntry[];
  /** The names of what was logged so far, oldest first. */
  readonly events: readonly string[];
}

/** Keeps what is logged, for tests of what people are told. */
export function recordingLog(): RecordingLog {
  const entries: LogEntry[] = [];
  const at =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}): void =>
      void entries.push({ level, event, fields });
  const log: RecordingLog = {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: () => log,
    entries,
    get events() {
      return entries.map((entry) => entry.event);
    },
  };
  return log;
}
