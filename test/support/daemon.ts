import { join } from "node:path";
import { temporaryDirectory } from "./temporary.ts";

const ROOT = join(import.meta.dir, "..", "..");

export interface HubProcess {
  readonly url: string;
  readonly adminKey: string;
  readonly child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  /** Everything it said, once it has ended. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number; out: string; err: string }>;
}

export interface HubProcessOptions {
  /** An executable; without one the hub runs from its sources. */
  readonly command?: readonly string[];
  /** In place of the admin's key, which then has to come from elsewhere. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A hub as a process of its own, on the embedded database. */
export async function startHubProcess(
  flags: readonly string[] = [],
  options: HubProcessOptions = {},
): Promise<HubProcess> {
  const adminKey = "the-admin-key-of-this-process";
  const { command = [process.execPath, join(ROOT, "src", "main.ts")] } = options;
  const child = Bun.spawn([...command, "serve", "--port", "0", "--data-dir", temporaryDirectory(), ...flags], {
    // An executable must run from anywhere; the sources take their JSX from the tsconfig of the working directory.
    cwd: options.cwd ?? (command.length === 1 ? "/" : ROOT),
    env: { HOME: "/tmp", ...(options.environment ?? { FLEET_ADMIN_KEY: adminKey }) },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const out = collect(child.stdout);
  const err = collect(child.stderr);
  const url = await Promise.race([
    out.until(/is ready at (https?:\S+)/),
    child.exited
      .then(() => err.text())
      .then((text) => Promise.reject(new Error(`the hub ended at its start: ${text}`))),
  ]);
  return {
    url,
    adminKey,
    child,
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      const code = await child.exited;
      return { code, out: await out.text(), err: await err.text() };
    },
  };
}

function collect(stream: ReadableStream<Uint8Array>) {
  let seen = "";
  const waiting: { pattern: RegExp; resolve: (found: string) => void }[] = [];
  const decoder = new TextDecoder();
  const ended = (async () => {
    for await (const chunk of stream) {
      seen += decoder.decode(chunk, { stream: true });
      for (const { pattern, resolve } of waiting) {
        const found = pattern.exec(seen)?.[1];
        if (found !== undefined) resolve(found);
      }
    }
  })();
  return {
    until: (pattern: RegExp) => new Promise<string>((resolve) => waiting.push({ pattern, resolve })),
    async text(): Promise<string> {
      await ended;
      return seen;
    },
  };
}
