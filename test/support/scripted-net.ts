import type { Net, NetReply, NetRequest } from "../../src/base/net.ts";

export type Answer = (request: NetRequest) => NetReply | Error;

export interface ScriptedNet extends Net {
  /** What was sent, oldest first. */
  readonly requests: readonly (NetRequest & { readonly deadlineMs: number })[];
  /** Answers all that follow so. */
  answer: Answer;
}

/** A network on which every request gets what the test says, at once. */
export function scriptedNet(answer: Answer): ScriptedNet {
  const requests: (NetRequest & { deadlineMs: number })[] = [];
  const net: ScriptedNet = {
    requests,
    answer,
    send(request, deadlineMs) {
      requests.push({ ...request, deadlineMs });
      const reply = net.answer(request);
      return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
    },
  };
  return net;
}

export function jsonReply(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): NetReply {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return { status, headers: { "content-type": "application/json", ...headers }, body };
}

/** What a router's sign-in page, or a proxy, answers. */
export function htmlReply(status: number): NetReply {
  return { status, headers: { "content-type": "text/html" }, body: new TextEncoder().encode("<html>sign in</html>") };
}
