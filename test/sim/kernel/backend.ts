import { connect, type Socket } from "node:net";
import { AnswerReader, type AnswerEnd } from "./pg-messages.ts";

/** One session of the real server. */
export interface Backend {
  readonly pid: number;
  /** What the server said when the session began: a client that gets this session later is told the same. */
  readonly greeting: Buffer;
  readonly reader: AnswerReader;
  readonly gone: boolean;
  send(bytes: Buffer, ends: readonly AnswerEnd[]): void;
  /** Resolves when the answer is whole, or the session is gone. */
  answered(): Promise<void>;
  /** Ends whatever it was in. Only when nothing runs. */
  reset(): Promise<void>;
  close(): void;
}

const KEY_DATA = 0x4b;

export async function openBackend(socketPath: string, database: string): Promise<Backend> {
  const socket: Socket = connect(socketPath);
  const reader = new AnswerReader();
  const state = { gone: false };
  let waiting = Promise.withResolvers<void>();
  const wake = (): void => {
    waiting.resolve();
    waiting = Promise.withResolvers<void>();
  };
  socket.on("data", (chunk: Buffer) => {
    reader.add(chunk);
    wake();
  });
  const leave = (): void => {
    state.gone = true;
    wake();
  };
  socket.on("error", leave);
  socket.on("close", leave);
  const answered = async (): Promise<void> => {
    while (!reader.complete && !state.gone) await waiting.promise;
  };
  const send = (bytes: Buffer, ends: readonly AnswerEnd[]): void => {
    reader.expect(ends);
    socket.write(bytes);
  };
  send(startup(database), ["ready"]);
  await answered();
  const greeting = reader.take();
  return {
    pid: pidIn(greeting),
    greeting,
    reader,
    get gone() {
      return state.gone;
    },
    send,
    answered,
    async reset() {
      const statements = reader.inTransaction ? ["rollback", "discard all"] : ["discard all"];
      for (const statement of statements) send(simpleQuery(statement), ["ready"]);
      await answered();
      reader.take();
    },
    close: () => void socket.destroy(),
  };
}

export function simpleQuery(text: string): Buffer {
  const body = Buffer.from(`${text}\0`);
  const message = Buffer.alloc(5 + body.length);
  message.write("Q", 0);
  message.writeUInt32BE(4 + body.length, 1);
  body.copy(message, 5);
  return message;
}

function startup(database: string): Buffer {
  const body = Buffer.from(`user\0postgres\0database\0${database}\0client_encoding\0UTF8\0\0`);
  const message = Buffer.alloc(8 + body.length);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(196_608, 4);
  body.copy(message, 8);
  return message;
}

function pidIn(greeting: Buffer): number {
  for (let at = 0; at + 5 <= greeting.length; at += 1 + greeting.readUInt32BE(at + 1)) {
    if (greeting[at] === KEY_DATA) return greeting.readUInt32BE(at + 5);
  }
  throw new Error("the server named no session");
}
