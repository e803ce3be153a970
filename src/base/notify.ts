import { dlopen, ptr } from "bun:ffi";

/** What the process tells the service manager that started it. Telling never throws and never waits. */
export interface Notify {
  /** False where nobody listens. */
  readonly active: boolean;
  /** How often the manager must hear of us at least; undefined where it does not watch. */
  readonly watchdogMs: number | undefined;
  /** Lines of sd_notify(3), like `READY=1`. */
  send(...lines: readonly string[]): void;
}

/** For tests, and wherever nobody listens. */
export const silentNotify: Notify = { active: false, watchdogMs: undefined, send: () => {} };

/** The service manager is asked for this much more time at once. */
const EXTEND_US = 20_000_000;

/** Asks for more time to start: no manager has patience for a large migration. */
export function extendStart(notify: Notify): void {
  notify.send(`EXTEND_TIMEOUT_USEC=${EXTEND_US}`);
}

/** The manager that `NOTIFY_SOCKET` names: a path, or an abstract name behind `@`. */
export function systemNotify(environment: Readonly<Record<string, string | undefined>>, pid = process.pid): Notify {
  const socket = environment["NOTIFY_SOCKET"];
  if (socket === undefined || !/^[/@]./.test(socket)) return silentNotify;
  const send = datagrams(socket) ?? throughTheTool(socket);
  return { active: true, watchdogMs: watchdogMs(environment, pid), send: (...lines) => send(lines.join("\n")) };
}

function watchdogMs(environment: Readonly<Record<string, string | undefined>>, pid: number): number | undefined {
  const ours = environment["WATCHDOG_PID"] ?? `${pid}`;
  const microseconds = Number(environment["WATCHDOG_USEC"]);
  return ours === `${pid}` && microseconds > 0 ? microseconds / 1000 : undefined;
}

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2_000_000;
const SOCK_NONBLOCK = 0o4000;
const MSG_NOSIGNAL = 0x4000;
/** `sun_path` of sockaddr_un, and the family before it. */
const PATH_MAX = 108;
const FAMILY_BYTES = 2;

/**
 * The runtime has no datagrams over unix sockets, so libc's own calls are made: from this process, as a unit with
 * `NotifyAccess=main` demands. Undefined where the runtime runs without its compiler and therefore calls nothing.
 */
function datagrams(path: string): ((text: string) => void) | undefined {
  const name = new TextEncoder().encode(path);
  if (name.length > PATH_MAX) return undefined;
  try {
    const { symbols: libc } = dlopen("libc.so.6", {
      socket: { args: ["i32", "i32", "i32"], returns: "i32" },
      sendto: { args: ["i32", "ptr", "u64", "i32", "ptr", "u32"], returns: "i64" },
    });
    const descriptor = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return undefined;
    const address = addressOf(name);
    return (text) => {
      const bytes = new TextEncoder().encode(text);
      libc.sendto(descriptor, ptr(bytes), bytes.length, MSG_NOSIGNAL, ptr(address), address.length);
    };
  } catch {
    return undefined;
  }
}

/** Linux keeps the family in the machine's own order: little-endian wherever this runs. */
function addressOf(name: Uint8Array): Uint8Array {
  const address = new Uint8Array(FAMILY_BYTES + name.length);
  address[0] = AF_UNIX;
  address.set(name, FAMILY_BYTES);
  if (address[FAMILY_BYTES] === "@".charCodeAt(0)) address[FAMILY_BYTES] = 0;
  return address;
}

/** 45 ms and a process each time, and heard only by a unit with `NotifyAccess=all`: better than a start that hangs. */
function throughTheTool(socket: string): (text: string) => void {
  return (text) => {
    try {
      Bun.spawn(["systemd-notify", ...text.split("\n")], {
        env: { NOTIFY_SOCKET: socket, PATH: "/usr/bin:/bin" },
        stdio: ["ignore", "ignore", "ignore"],
      });
    } catch {
      // Without the tool nobody can be told; the manager's own deadlines decide.
    }
  };
}
