import type { CDPSession, Page } from "playwright-core";

const BITS_A_BYTE = 8;

export interface Traffic {
  readonly requests: number;
  /** As sent over the wire, headers included. */
  readonly bytes: number;
}

/** Counts what a page loads, with or without a cache as the browser does. */
export interface Meter {
  /** Since the last time that it was asked. */
  read(): Traffic;
  throttle(link: { readonly kbitPerS: number; readonly latencyMs: number }): Promise<void>;
  /** After a collection: bytes of the script heap, and nodes that are still held. */
  heap(): Promise<{ readonly bytes: number; readonly nodes: number }>;
}

export async function meterOf(page: Page): Promise<Meter> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Performance.enable");
  let traffic = { requests: 0, bytes: 0 };
  session.on("Network.requestWillBeSent", () => (traffic.requests += 1));
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (traffic.bytes += encodedDataLength));
  return {
    read() {
      const counted = traffic;
      traffic = { requests: 0, bytes: 0 };
      return counted;
    },
    async throttle({ kbitPerS, latencyMs }) {
      const throughput = (kbitPerS * 1000) / BITS_A_BYTE;
      await session.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: latencyMs,
        downloadThroughput: throughput,
        uploadThroughput: throughput,
      });
    },
    heap: () => heapOf(session),
  };
}

async function heapOf(session: CDPSession): Promise<{ bytes: number; nodes: number }> {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const figure = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return { bytes: figure("JSHeapUsedSize"), nodes: figure("Nodes") };
}
