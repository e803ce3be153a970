import { canonicalDigest } from "./canonical.ts";
import type { Wire } from "./wire.ts";

/** A rig that asks again as soon as it has an answer: what commits behind its cursor is lost to it for ever. */
export interface Follower {
  /** Follows to the end, and tells what differs from the whole library. */
  finish(): Promise<string[]>;
}

interface Delta {
  readonly version: number;
  readonly epoch: string;
  readonly next: string | null;
  readonly episodes: readonly { readonly id: string }[];
  readonly pruned_ids: readonly string[];
}

const PAUSE_MS = 2;
const REPLY_MS = 20_000;

export function follow({ link, key, ledger }: Pick<Wire, "link" | "key" | "ledger">): Follower {
  const has = new Map<string, string>();
  const wrong: string[] = [];
  let version = 0;
  const stopping = new AbortController();

  async function ask(query: string): Promise<Delta | undefined> {
    const reply = await fetch(`${link.url}/api/fleet/library${query}`, {
      headers: { Authorization: `Bearer ${key}`, "Accept-Encoding": "identity" },
      signal: AbortSignal.timeout(REPLY_MS),
    });
    if (reply.status === 304) return undefined;
    if (reply.status !== 200) throw new Error(`the library answered ${reply.status}: ${await reply.text()}`);
    return (await reply.json()) as Delta;
  }

  /** Returns whether there was anything. */
  async function step(): Promise<boolean> {
    const before = version;
    let delta = await ask(`?since=${before}`);
    const any = delta !== undefined;
    while (delta !== undefined) {
      if (delta.version < before) wrong.push(`${ledger.rigId}: version ${delta.version} came after ${before}`);
      for (const episode of delta.episodes) has.set(episode.id, canonicalDigest(episode));
      for (const id of delta.pruned_ids) has.delete(id);
      version = delta.version;
      if (delta.next === null) break;
      delta = await ask(`?page=${encodeURIComponent(delta.next)}`);
    }
    return any && version !== before;
  }

  const following = (async () => {
    while (!stopping.signal.aborted) {
      await step();
      await Bun.sleep(PAUSE_MS);
    }
  })();
  following.catch(() => {});

  return {
    async finish() {
      stopping.abort();
      await following;
      while (await step());
      const whole = new Map(
        (await ask(""))?.episodes.map((episode) => [episode.id, canonicalDigest(episode)] as const) ?? [],
      );
      const lacking = [...whole].filter(([id, digest]) => has.get(id) !== digest);
      const extra = [...has.keys()].filter((id) => !whole.has(id));
      return [
        ...wrong,
        ...lacking.map(([id]) => `${ledger.rigId}: a follower of versions does not have ${id} as the hub has it`),
        ...extra.map((id) => `${ledger.rigId}: a follower of versions was never told that ${id} is gone`),
      ];
    },
  };
}
