import { EventEmitter } from "node:events";
import type { Backend } from "./backend.ts";
import type { Kernel, Life } from "./kernel.ts";
import { endsOf, isTerminate, wordsOf } from "./pg-messages.ts";
import type { Dice } from "./random.ts";
import type { Sessions } from "./sessions.ts";

export interface SocketWorld {
  readonly kernel: Kernel;
  readonly life: Life;
  readonly sessions: Sessions;
  readonly dice: Dice;
  /** A query's way to the server or back, at most. */
  readonly wayMaxMs: number;
  /** Before a statement goes, and again before its answer comes: whoever kills processes may do it here. */
  readonly passing: () => void;
}

/**
 * What the database's client takes for its socket. Each burst goes to the server when the kernel lets it, and the answer
 * comes when the kernel lets it: a process may die before, between and after.
 */
export class SimSocket extends EventEmitter {
  readyState = "open";
  readonly #world: SocketWorld;
  #backend: Backend | undefined;
  #out: Buffer[] = [];
  #due = false;

  constructor(world: SocketWorld) {
    super();
    this.#world = world;
  }

  write(bytes: Uint8Array, done?: () => void): boolean {
    if (this.readyState !== "open") return false;
    if (this.#backend === undefined) this.#greet();
    else this.#out.push(Buffer.from(bytes));
    if (this.#out.length > 0 && !this.#due) this.#forwardSoon();
    done?.();
    return true;
  }

  end(bytes?: Uint8Array): void {
    if (bytes === undefined || isTerminate(Buffer.from(bytes))) this.destroy();
  }

  destroy(): void {
    if (this.readyState !== "open") return;
    this.readyState = "closed";
    this.#world.kernel.quietly(0, this.#world.life, async () => {
      await this.leave();
      this.emit("close", false);
    });
  }

  /** The server notices that nobody is there: whatever was open is rolled back. */
  async leave(): Promise<void> {
    this.readyState = "closed";
    const backend = this.#backend;
    this.#backend = undefined;
    if (backend !== undefined) await this.#world.sessions.giveBack(backend);
  }

  #greet(): void {
    const { kernel, life, sessions } = this.#world;
    kernel.quietly(1, life, async () => {
      this.#backend = await sessions.take();
      this.emit("data", this.#backend.greeting);
    });
  }

  #forwardSoon(): void {
    const { kernel, life, dice, wayMaxMs } = this.#world;
    this.#due = true;
    const bytes = (): Buffer => Buffer.concat(this.#out);
    kernel.quietly(dice.int(0, wayMaxMs), life, async () => {
      this.#due = false;
      const burst = bytes();
      this.#out = [];
      await this.#forward(burst);
    });
  }

  async #forward(burst: Buffer): Promise<void> {
    const { kernel, life, sessions, dice, wayMaxMs, passing } = this.#world;
    const backend = this.#backend;
    passing();
    if (life.dead || backend === undefined || this.readyState !== "open") return;
    const ends = endsOf(burst);
    const asksOnly = ends.every((end) => end === "described");
    if (!asksOnly) kernel.note(life, `sql ${wordsOf(burst)}`);
    backend.send(burst, ends);
    const deliver = (): void => {
      const answer = backend.reader.take();
      if (this.readyState === "open") this.emit("data", answer);
    };
    sessions.sent(backend, () => {
      if (asksOnly) deliver();
      else kernel.after(dice.int(0, wayMaxMs), life, "sql answered", deliver);
    });
    await sessions.settle();
    passing();
  }
}
