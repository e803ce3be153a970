import { expect, test } from "bun:test";
import { serve } from "../../spoke/serve.ts";

const IDLE_S = 1;
/** The runtime looks every four seconds. */
const SLOW_MS = 9000;
const TIMEOUT_MS = 20_000;

test(
  "a pull that takes longer than a silent request may is answered when it is done",
  async () => {
    const slow = async (): Promise<Response> => {
      await Bun.sleep(SLOW_MS);
      return new Response("done");
    };
    const server = serve({ hostname: "127.0.0.1", port: 0 }, slow, IDLE_S);
    const pulled = fetch(`${server.url}/api/v1/sync`, { method: "POST" });
    expect(fetch(`${server.url}/api/v1/status`)).rejects.toThrow();
    expect(await (await pulled).text()).toBe("done");
    await server.stop(Bun.sleep(0));
  },
  TIMEOUT_MS,
);
