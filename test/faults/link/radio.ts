import { join } from "node:path";
import { runOrFault, systemCommands } from "../../../src/base/command.ts";

/** What a link does to each packet. */
export interface Shape {
  readonly bitsPerSecond: number;
  /** One way. */
  readonly delayMs: number;
  readonly jitterMs: number;
  /** Of the packets, 0 … 1, each way. */
  readonly loss: number;
  /** `up`: nothing from the rig arrives; `down`: nothing from the hub does. No side is told. */
  readonly closed: "none" | "up" | "down" | "both";
}

export const GOOD_LINK: Shape = { bitsPerSecond: 50_000_000, delayMs: 1, jitterMs: 0, loss: 0, closed: "none" };
/** 256 kbit/s, 700 ms there and back, 2 % loss. */
export const SATELLITE: Shape = { bitsPerSecond: 256_000, delayMs: 350, jitterMs: 10, loss: 0.02, closed: "none" };

/** A link of real packets between a rig and its hub, who are on one machine and do not know it. */
export interface Radio {
  /** Where the rig finds what listens here on every address. */
  readonly hubAddress: string;
  set(shape: Shape): void;
  close(): Promise<void>;
}

/** Why there can be no such link here; undefined when there can. */
export function radioProblem(): string | undefined {
  if (process.getuid?.() !== 0) return "TUN devices need root";
  if (Bun.which("ip") === null) return "iproute2 is not installed";
  const probe = Bun.spawnSync([
    "sh",
    "-c",
    "test -c /dev/net/tun && ip tuntap add fleetprobe mode tun && ip link del fleetprobe",
  ]);
  return probe.exitCode === 0 ? undefined : "there are no TUN devices here";
}

let opened = 0;

/** The devices go with the process that forwards between them, however it ends. */
export async function openRadio(seed: number): Promise<Radio> {
  const nth = opened++;
  const names = { rig: `fr${process.pid.toString(36)}x${nth}`, hub: `fh${process.pid.toString(36)}x${nth}` };
  const net = `10.${64 + ((process.pid >> 8) & 63)}.${process.pid & 255}`;
  const [rig, hubAsSeen, rigAsSeen, hub] = [1, 4, 2, 3].map((host) => `${net}.${4 * nth + host}`);
  const forwarder = Bun.spawn(
    [process.execPath, join(import.meta.dir, "forwarder.ts"), names.rig, names.hub, `${net}.${4 * nth}`, String(seed)],
    { stdin: "pipe", stdout: "pipe", stderr: "inherit" },
  );
  await forwarder.stdout.getReader().read();
  const place = async (device: string, own: string, peer: string): Promise<void> => {
    await runOrFault(systemCommands, ["ip", "address", "add", own, "peer", peer, "dev", device]);
    await runOrFault(systemCommands, ["ip", "link", "set", device, "up"]);
  };
  await place(names.rig, rig ?? "", hubAsSeen ?? "");
  await place(names.hub, hub ?? "", rigAsSeen ?? "");
  const radio: Radio = {
    hubAddress: hubAsSeen ?? "",
    set(shape) {
      void forwarder.stdin.write(`${JSON.stringify(shape)}\n`);
      void forwarder.stdin.flush();
    },
    async close() {
      await forwarder.stdin.end();
      await forwarder.exited;
    },
  };
  radio.set(GOOD_LINK);
  return radio;
}
