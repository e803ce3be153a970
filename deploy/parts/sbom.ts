import { createHash } from "node:crypto";

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
}

interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface BomSubject {
  readonly product: string;
  readonly version: string;
  readonly arch: string;
  /** SHA-256 of the executable, in hex. */
  readonly executable: string;
  readonly bun: string;
  readonly epochS: number;
}

const FOLDER = "node_modules/";

/**
 * CycloneDX 1.5: what the lock file names beside tools of development, and the runtime that the executable is. The same
 * release gives the same text.
 */
export function billOfMaterials(lock: Lock, subject: BomSubject): string {
  const components = [runtime(subject), ...libraries(lock)];
  const body = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { timestamp: new Date(subject.epochS * 1000).toISOString(), component: application(subject) },
    components,
    dependencies: [{ ref: subject.product, dependsOn: components.map((component) => component["bom-ref"]) }],
  };
  return `${JSON.stringify({ ...body, serialNumber: serial(JSON.stringify(body)) }, undefined, 1)}\n`;
}

/** CycloneDX wants a UUID; one of the content stays the same as long as that does. */
function serial(content: string): string {
  const digest = createHash("sha256").update(content).digest("hex");
  const variant = ((Number.parseInt(digest.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  const parts = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `5${digest.slice(13, 16)}`,
    variant + digest.slice(17, 20),
    digest.slice(20, 32),
  ];
  return `urn:uuid:${parts.join("-")}`;
}

function application({ product, version, arch, executable }: BomSubject) {
  return {
    type: "application",
    "bom-ref": product,
    name: product,
    version,
    licenses: [{ license: { id: "Apache-2.0" } }],
    hashes: [{ alg: "SHA-256", content: executable }],
    properties: [{ name: "arch", value: arch }],
  };
}

function runtime({ bun, arch }: BomSubject) {
  return {
    type: "framework",
    "bom-ref": `runtime:bun@${bun}`,
    name: "bun",
    version: bun,
    description: `the runtime that the executable is built on, for linux ${arch}`,
    licenses: [{ license: { id: "MIT" } }],
    purl: `pkg:npm/%40oven/bun-linux-${arch === "arm64" ? "aarch64" : "x64"}@${bun}`,
    externalReferences: [{ type: "vcs", url: "https://github.com/oven-sh/bun" }],
  };
}

function libraries({ packages }: Lock) {
  return Object.entries(packages)
    .filter(([path, { dev }]) => path.startsWith(FOLDER) && dev !== true)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([path, locked]) => library(path, locked));
}

function library(path: string, { version = "", license, integrity }: LockedPackage) {
  const name = path.slice(path.lastIndexOf(FOLDER) + FOLDER.length);
  const hash = /^sha512-(\S+)$/.exec(integrity ?? "")?.[1];
  return {
    type: "library",
    "bom-ref": path,
    name,
    version,
    ...(license === undefined ? {} : { licenses: [licence(license)] }),
    ...(hash === undefined
      ? {}
      : { hashes: [{ alg: "SHA-512", content: Buffer.from(hash, "base64").toString("hex") }] }),
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
  };
}

/** An expression like `(MIT OR Apache-2.0)` is no id. */
function licence(text: string) {
  return /[\s()]/.test(text) ? { expression: text } : { license: { id: text } };
}
