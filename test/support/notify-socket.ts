import { spawn } from "node:child_process";

/** A datagram socket such as a service manager has; the runtime itself has none. */
const LISTENER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("\\0" + sys.argv[1][1:] if sys.argv[1][0] == "@" else sys.argv[1])
print("bound", flush=True)
while True:
    print(s.recv(4096).decode().replace("\\n", ";"), flush=True)
`;

export interface NotifySocket {
  /** What came so far, lines of one message joined by `;`. */
  readonly messages: readonly string[];
  /** Resolves with the first message that has the text. */
  until(text: string): Promise<string>;
  close(): void;
}

/** `path` is a file, or an abstract name behind `@`. */
export async function openNotifySocket(path: string): Promise<NotifySocket> {
  const child = spawn("python3", ["-c", LISTENER, path], { stdio: ["ignore", "pipe", "inherit"] });
  const messages: string[] = [];
  const waiting: { text: string; resolve: (message: string) => void }[] = [];
  const bound = Promise.withResolvers<void>();
  let rest = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
  function take(line: string): void {
    if (line === "bound") return bound.resolve();
    messages.push(line);
    for (const { text, resolve } of waiting) if (line.includes(text)) resolve(line);
  }
  await bound.promise;
  return {
    messages,
    until(text) {
      const found = messages.find((message) => message.includes(text));
      return found === undefined ? new Promise((resolve) => waiting.push({ text, resolve })) : Promise.resolve(found);
    },
    close: () => child.kill("SIGKILL"),
  };
}
