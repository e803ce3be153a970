import { strict as assert } from "node:assert";

/** Headers that say something about the reply; the others are the same everywhere or differ with each run. */
const SHOWN_HEADERS =
  /^(?:www-authenticate|retry-after|content-encoding|x-library-version|x-total-episodes|x-delta-count):/i;
const ARRAY_SHOWN_MAX = 2;

export interface Shell {
  readonly environment: Record<string, string>;
  /** Runs a command of the manual; what it wrote, and the same as the manual shows it. */
  run(command: string): Promise<{ out: string; block: string }>;
}

/** Commands run as a reader would: by bash, in one folder, with the keys in its environment. */
export function openShell(folder: string, environment: Record<string, string>): Shell {
  return {
    environment,
    async run(command) {
      const child = Bun.spawn(["bash", "-o", "pipefail", "-c", command], {
        cwd: folder,
        env: { PATH: "/usr/local/bin:/usr/bin:/bin", ...environment },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      });
      const [out, err, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      assert.equal(code, 0, `${command}\n${err}`);
      return { out, block: `\`\`\`console\n${prompt(command)}\n${withoutKeys(readable(out))}\n\`\`\`\n` };
    },
  };
}

/** The first JSON value that a command wrote, after the headers. */
export function jsonOf(out: string): Record<string, unknown> {
  return JSON.parse(bodyOf(out)) as Record<string, unknown>;
}

/** A line that goes on from the one before has no prompt of its own. */
function prompt(command: string): string {
  return command.replaceAll(/(?<!\\)\n|^/g, (start) => `${start}$ `);
}

function readable(out: string): string {
  const last = withoutInterim(out);
  const head = headOf(last);
  const body = bodyOf(last).trim();
  return [...head, body === "" ? "" : indented(body)].filter((part) => part !== "").join("\n");
}

/** Before a large body curl asks, and shows the 100 that it gets. */
function withoutInterim(out: string): string {
  return out.replace(/^HTTP\/1\.1 100 [^\r]*\r\n\r\n/, "");
}

function headOf(out: string): string[] {
  if (!out.startsWith("HTTP/")) return [];
  const [status = "", ...headers] = (out.split("\r\n\r\n")[0] ?? "").split("\r\n");
  return [status, ...headers.filter((header) => SHOWN_HEADERS.test(header))];
}

function bodyOf(out: string): string {
  return out.startsWith("HTTP/") ? out.slice(out.indexOf("\r\n\r\n") + 4) : out;
}

function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), shorten, 2);
  } catch {
    return body;
  }
}

/** A long list is shown by its first items and how many follow. */
function shorten(_key: string, value: unknown): unknown {
  if (!Array.isArray(value) || value.length <= ARRAY_SHOWN_MAX || value.every((item) => typeof item === "number"))
    return value;
  return [...value.slice(0, ARRAY_SHOWN_MAX), `… ${value.length - ARRAY_SHOWN_MAX} more`];
}

function withoutKeys(text: string): string {
  return text.replaceAll(/sk-(fleet|admin)-[\w-]{43}/g, "sk-$1-…");
}
