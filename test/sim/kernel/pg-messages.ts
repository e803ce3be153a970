/** What ends the answer to a burst: ReadyForQuery for each query, the description for one that only asks for it. */
export type AnswerEnd = "ready" | "described";

const FRONT = { sync: 0x53, query: 0x51, flush: 0x48, terminate: 0x58 } as const;
const BACK = { ready: 0x5a, rows: 0x54, noRows: 0x6e, error: 0x45 } as const;

/** Of whole messages of the client, what the server will end its answers with. */
export function endsOf(bytes: Buffer): AnswerEnd[] {
  const ends: AnswerEnd[] = [];
  let open = false;
  for (const { type } of messagesOf(bytes)) {
    if (type === FRONT.sync || type === FRONT.query) ends.push("ready");
    if (type === FRONT.flush) ends.push("described");
    open = type !== FRONT.sync && type !== FRONT.query && type !== FRONT.flush;
  }
  if (open) throw new Error("the client sent a burst without an end");
  return ends;
}

export function isTerminate(bytes: Buffer): boolean {
  return bytes[0] === FRONT.terminate;
}

/** The statement's first words, for the trace. */
export function wordsOf(bytes: Buffer): string {
  const words: string[] = [];
  for (const { type, body } of messagesOf(bytes)) {
    if (type === FRONT.query) words.push(textAt(body, 0));
    if (type === 0x50) words.push(textAt(body, body.indexOf(0) + 1));
    if (type === 0x42) words.push("run");
  }
  return words.map((text) => text.replaceAll(/\s+/g, " ").trim().slice(0, 40)).join("; ");
}

function textAt(body: Buffer, start: number): string {
  const end = body.indexOf(0, start);
  return body.toString("utf8", start, end === -1 ? body.length : end);
}

/** Watches what the server says until every expected end was there. */
export class AnswerReader {
  readonly #expected: AnswerEnd[] = [];
  #bytes: Buffer = Buffer.alloc(0);
  #answer: Buffer[] = [];
  /** In a transaction, by the server's own word. */
  inTransaction = false;

  expect(ends: readonly AnswerEnd[]): void {
    this.#expected.push(...ends);
  }

  get complete(): boolean {
    return this.#expected.length === 0;
  }

  /** What came since it was last taken. */
  take(): Buffer {
    const answer = Buffer.concat(this.#answer);
    this.#answer = [];
    return answer;
  }

  add(chunk: Buffer): void {
    this.#answer.push(chunk);
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    let read = 0;
    for (const { type, body, end } of messagesOf(this.#bytes)) {
      this.#see(type, body);
      read = end;
    }
    this.#bytes = this.#bytes.subarray(read);
  }

  #see(type: number, body: Buffer): void {
    const wanted = this.#expected[0];
    if (type === BACK.ready) this.inTransaction = body[0] !== 0x49;
    if (wanted === "ready" && type === BACK.ready) this.#expected.shift();
    const described = type === BACK.rows || type === BACK.noRows || type === BACK.error;
    if (wanted === "described" && described) this.#expected.shift();
  }
}

interface Message {
  readonly type: number;
  readonly body: Buffer;
  readonly end: number;
}

/** Whole ones only. */
function* messagesOf(bytes: Buffer): Generator<Message> {
  for (let at = 0; at + 5 <= bytes.length;) {
    const end = at + 1 + bytes.readUInt32BE(at + 1);
    if (end > bytes.length) return;
    yield { type: bytes[at] ?? 0, body: bytes.subarray(at + 5, end), end };
    at = end;
  }
}
