import { Fault } from "../../../src/base/fault.ts";
import type { Net, NetReply, NetRequest } from "../../../src/base/net.ts";
import type { Life } from "../kernel/kernel.ts";
import type { Dice } from "../kernel/random.ts";
import type { Fleet } from "./fleet.ts";

/** 256 kbit/s. */
const BYTES_PER_MS = 32;
/** Of a request or a reply beside its body. */
const HEAD_BYTES = 600;
const ONE_WAY_MS = 300;
const REFUSED_MS = 50;

/** How bad a link is; each a probability for one request. */
export interface LinkFaults {
  readonly jitterMs: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Comes minutes later, after others. */
  readonly delayed: number;
  readonly replyLost: number;
  /** Swallowed without a word until the deadline. */
  readonly swallowed: number;
  /** One byte of it comes as another one. */
  readonly damaged: number;
}

export const GOOD_LINK: LinkFaults = {
  jitterMs: 20,
  lost: 0,
  duplicated: 0,
  delayed: 0,
  replyLost: 0,
  swallowed: 0,
  damaged: 0,
};

/** One rig's way to the hubs. */
export interface Link {
  faults: LinkFaults;
  upCut: boolean;
  downCut: boolean;
  /** When each direction has sent what waits. */
  upFreeMs: number;
  downFreeMs: number;
}

export interface SimNet {
  readonly links: ReadonlyMap<string, Link>;
  linkTo(rigId: string): Link;
  /** Requests that have not arrived, copies among them. */
  underWay: number;
  /** The network as a rig's process sees it. */
  of(rigId: string, life: Life): Net;
}

export function createNet(fleet: () => Fleet): SimNet {
  const links = new Map<string, Link>();
  const linkOf = (rigId: string): Link => {
    const link = links.get(rigId) ?? newLink();
    links.set(rigId, link);
    return link;
  };

  async function deliver(request: NetRequest): Promise<NetReply | undefined> {
    const { hubs, dice, model, kernel } = fleet();
    const up = hubs.flatMap(({ running }) => running ?? []);
    if (up.length === 0) return undefined;
    const hub = dice.pick(up);
    kernel.note(hub.life, `gets ${shown(request)}`);
    const judge = model.request(request);
    const reply = await hub.handle(asRequest(request));
    const body = new Uint8Array(await reply.arrayBuffer());
    kernel.note(hub.life, `answers ${reply.status} to ${shown(request)}`);
    judge(reply.status);
    return { status: reply.status, headers: Object.fromEntries(reply.headers), body };
  }

  return {
    underWay: 0,
    links,
    linkTo: linkOf,
    of: (rigId, life) => ({
      send: (request, deadlineMs) => {
        const exchange = { link: linkOf(rigId), request, deadlineMs, life };
        return sendOver(fleet(), exchange, deliver);
      },
    }),
  };
}

interface Exchange {
  readonly link: Link;
  readonly request: NetRequest;
  readonly deadlineMs: number;
  readonly life: Life;
}

function sendOver(
  { kernel, world, tally, net, ...fleet }: Fleet,
  { link, request, deadlineMs, life }: Exchange,
  deliver: (request: NetRequest) => Promise<NetReply | undefined>,
): Promise<NetReply> {
  const dice = fleet.dice.fork(`net ${life.name} ${kernel.nowMs} ${request.url}`);
  const { promise, resolve, reject } = Promise.withResolvers<NetReply>();
  const late = kernel.after(deadlineMs, life, "waited in vain", () =>
    reject(new Fault("timeout", `no whole reply within ${deadlineMs} ms`)),
  );
  const answer = (afterMs: number, reply: NetReply): void => {
    kernel.after(afterMs, life, `gets ${reply.status} to ${shown(request)}`, () => {
      late.cancelled = true;
      if (reply.body.byteLength > request.maxReplyBytes) reject(new Fault("too_large", "the reply is too large"));
      else resolve(reply);
    });
  };
  const fail = (afterMs: number): void => {
    kernel.after(afterMs, life, "finds no hub", () => {
      late.cancelled = true;
      reject(new Fault("unavailable", "the hub cannot be reached (ECONNRESET)"));
    });
  };
  const onArrival = async (isCopy: boolean): Promise<void> => {
    if (link.upCut) return tally.count("arrived in a cut");
    const reply = await deliver(damage(request));
    if (isCopy) return;
    if (reply === undefined) return fail(REFUSED_MS);
    if (link.downCut) return tally.count("reply lost in a cut");
    if (happens(dice, link.faults.replyLost)) return tally.count("reply lost");
    answer(wayDown(kernel.nowMs, link, reply.body.byteLength, dice), damage(reply));
  };
  const damage = <T extends { readonly body?: Uint8Array }>(sent: T): T => {
    if (sent.body === undefined || sent.body.byteLength === 0 || !happens(dice, link.faults.damaged)) return sent;
    tally.count("byte damaged");
    return { ...sent, body: withOtherByte(sent.body, dice) };
  };
  const arrive = (afterMs: number, isCopy: boolean): void => {
    net.underWay++;
    kernel.after(afterMs, world, `brings ${shown(request)}`, () => {
      net.underWay--;
      void onArrival(isCopy);
    });
  };
  const up = wayUp(kernel.nowMs, link, request.body?.byteLength ?? 0, dice);
  if (link.upCut) {
    tally.count("sent in a cut");
    if (dice.chance(0.5)) fail(REFUSED_MS);
  } else if (happens(dice, link.faults.swallowed)) tally.count("half-open");
  else if (happens(dice, link.faults.lost)) {
    tally.count("request lost");
    fail(dice.int(REFUSED_MS, deadlineMs));
  } else if (happens(dice, link.faults.delayed)) {
    tally.count("request delayed");
    arrive(up + dice.int(1000, 10 * deadlineMs), false);
  } else arrive(up, false);
  if (happens(dice, link.faults.duplicated)) {
    tally.count("request duplicated");
    arrive(up + dice.int(0, 10 * deadlineMs), true);
  }
  return promise;
}

function happens(dice: Dice, probability: number): boolean {
  return probability > 0 && dice.chance(probability);
}

function withOtherByte(body: Uint8Array, dice: Dice): Uint8Array {
  const copy = new Uint8Array(body);
  const at = dice.int(0, copy.byteLength - 1);
  // A digit stays a digit, and a letter one: what a parser notices is no danger.
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

function wayUp(nowMs: number, link: Link, bytes: number, dice: Dice): number {
  link.upFreeMs = Math.max(nowMs, link.upFreeMs) + (bytes + HEAD_BYTES) / BYTES_PER_MS;
  return link.upFreeMs - nowMs + ONE_WAY_MS + dice.unit() * link.faults.jitterMs;
}

function wayDown(nowMs: number, link: Link, bytes: number, dice: Dice): number {
  link.downFreeMs = Math.max(nowMs, link.downFreeMs) + (bytes + HEAD_BYTES) / BYTES_PER_MS;
  return link.downFreeMs - nowMs + ONE_WAY_MS + dice.unit() * link.faults.jitterMs;
}

function newLink(): Link {
  return { faults: GOOD_LINK, upCut: false, downCut: false, upFreeMs: 0, downFreeMs: 0 };
}

export function shown({ method, url, body }: NetRequest): string {
  const { pathname, search } = new URL(url);
  return `${method} ${pathname.replace("/api/fleet", "")}${search} ${body?.byteLength ?? 0} B`;
}

function asRequest({ url, method, headers, body }: NetRequest): Request {
  const { pathname, search } = new URL(url);
  const given = body === undefined ? {} : { body: Buffer.from(body) };
  return new Request(`http://localhost${pathname}${search}`, { method, headers, ...given });
}
