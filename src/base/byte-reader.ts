import { Fault } from "./fault.ts";

/** Takes a stream apart in pieces of known length. */
export interface ByteReader {
  /** Faults: `corrupt` when the stream ends before. */
  exactly(bytes: number): Promise<Uint8Array>;
  /** Fewer only at the end. */
  upTo(bytes: number): Promise<Uint8Array>;
  ended(): Promise<boolean>;
}

/** `name` is what the fault calls the stream. */
export function readerOf(stream: AsyncIterable<Uint8Array>, name: string): ByteReader {
  const chunks = stream[Symbol.asyncIterator]();
  let waiting: Uint8Array[] = [];
  let size = 0;
  let over = false;
  async function fill(bytes: number): Promise<void> {
    while (size < bytes && !over) {
      const { value, done } = await chunks.next();
      over = done === true;
      if (over) break;
      waiting.push(value);
      size += value.byteLength;
    }
  }
  async function upTo(bytes: number): Promise<Uint8Array> {
    await fill(bytes);
    const [first] = waiting;
    const all = waiting.length === 1 && first !== undefined ? first : Buffer.concat(waiting);
    const taken = all.subarray(0, bytes);
    waiting = [all.subarray(taken.byteLength)];
    size -= taken.byteLength;
    return taken;
  }
  return {
    upTo,
    async exactly(bytes) {
      const taken = await upTo(bytes);
      if (taken.byteLength === bytes) return taken;
      throw new Fault("corrupt", `${name} is cut off`, "take another one");
    },
    async ended() {
      await fill(1);
      return size === 0;
    },
  };
}
