/** Enough to see why it ended. */
const LINES_KEPT = 200;

export interface Daemon {
  readonly pid: number;
  /** What the pattern of `ready` caught. */
  readonly ready: Promise<string>;
  readonly exited: Promise<number>;
  signal(signal: NodeJS.Signals): void;
  /** Ends it by kill -9, stopped or not, and waits until it is gone. */
  kill(): Promise<void>;
  /** Hears each line that is written from now on. */
  onLine(hear: (line: string) => void): void;
  /** The last lines of both outputs. */
  said(): string;
}

export interface DaemonOptions {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Its first group is what `ready` resolves with. */
  readonly ready: RegExp;
}

/** Dies with the process that started it, so that a run that is cut off leaves nothing behind. */
export function startDaemon({ command, environment = {}, cwd = "/", ready }: DaemonOptions): Daemon {
  const child = Bun.spawn(["setpriv", "--pdeathsig", "KILL", "--", ...command], {
    cwd,
    env: { HOME: "/tmp", PATH: "/usr/bin:/bin", TZ: "UTC", ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const lines: string[] = [];
  const hearers: ((line: string) => void)[] = [];
  const hear = (line: string): void => {
    lines.push(line);
    if (lines.length > LINES_KEPT) lines.shift();
    for (const each of hearers) each(line);
  };
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // Who kills it before it is ready does not wait for that.
  promise.catch(() => {});
  hearers.push((line) => {
    const found = ready.exec(line)?.[1];
    if (found !== undefined) resolve(found);
  });
  const heard = Promise.all([readLines(child.stdout, hear), readLines(child.stderr, hear)]);
  const exited = Promise.all([child.exited, heard]).then(([code]) => code);
  const said = (): string => lines.join("\n");
  void exited.then((code) => reject(new Error(`${command[0]} ended with ${code} before it was ready:\n${said()}`)));
  return {
    pid: child.pid,
    ready: promise,
    exited,
    signal: (signal) => child.kill(signal),
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    onLine: (each) => void hearers.push(each),
    said,
  };
}

async function readLines(output: ReadableStream<Uint8Array>, hear: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of output) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) hear(line);
  }
  if (rest !== "") hear(rest);
}
