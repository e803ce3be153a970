import { rootCertificates } from "node:tls";
import { Fault } from "./fault.ts";

export interface NetRequest {
  readonly method: "GET" | "POST" | "PATCH";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** More than this is not read: the reply is refused. */
  readonly maxReplyBytes: number;
}

export interface NetReply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** As sent: never inflated by the adapter. */
  readonly body: Uint8Array;
}

/** The network, passed in. Rejects with an `unavailable` or `timeout` fault when no whole reply came. */
export interface Net {
  send(request: NetRequest, deadlineMs: number): Promise<NetReply>;
}

/** The network of this machine. `extraCa`: certificates (PEM) to trust beside the usual ones; nothing turns checking off. */
export function createNet({ extraCa }: { readonly extraCa?: string } = {}): Net {
  const tls = extraCa === undefined ? {} : { tls: { ca: [...rootCertificates, extraCa] } };
  return { send: (request, deadlineMs) => send(request, deadlineMs, tls) };
}

export const systemNet: Net = createNet();

async function send(request: NetRequest, deadlineMs: number, tls: object): Promise<NetReply> {
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    const reply = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: "manual",
      signal,
      // The runtime would inflate by itself, without a limit: 16 KB became 512 MB when measured.
      decompress: false,
      ...tls,
    } as RequestInit);
    const body = await readBounded(reply, request.maxReplyBytes);
    return { status: reply.status, headers: Object.fromEntries(reply.headers), body };
  } catch (error) {
    if (error instanceof Fault) throw error;
    if (signal.aborted) throw new Fault("timeout", `no whole reply within ${deadlineMs} ms`);
    throw new Fault("unavailable", `the hub cannot be reached (${reason(error)})`);
  }
}

async function readBounded(reply: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of reply.body ?? []) {
    total += chunk.byteLength;
    if (total > maxBytes) throw new Fault("too_large", `the reply is over ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function reason(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" ? code : error instanceof Error ? error.name : "unknown";
}
