import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { Fault } from "../src/base/fault.ts";
import { createNet, systemNet, type Net } from "../src/base/net.ts";
import type { SpokeSettings } from "./settings.ts";

/** The network, trusting the hub's own certificate authority where one is named. Faults: `config`. */
export function hubNet({ hub_ca_file }: Pick<SpokeSettings, "hub_ca_file">): Net {
  return hub_ca_file === undefined ? systemNet : createNet({ extraCa: certificates(hub_ca_file) });
}

function certificates(path: string): string {
  try {
    const text = readFileSync(path, "utf8");
    // Throws where the first one of the file cannot be read.
    void new X509Certificate(text);
    return text;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new Fault("config", `hub_ca_file ${path} holds no certificate (${code})`, "name a PEM file");
  }
}
