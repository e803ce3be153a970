import { basename, dirname, extname } from "node:path";
import { staticPlugin } from "@elysiajs/static";
import { Elysia } from "elysia";
import { assert } from "../base/assert.ts";
import { hex, sha256 } from "../base/digest.ts";
import { ASSETS, type AssetFiles, type AssetName } from "./asset-files.ts";
import { compressBest, preferredEncoding, type ContentEncoding } from "./content-encoding.ts";
import type { Route } from "./hub.ts";
import { lean } from "./lean.ts";
import { bytesBody, nothingThere } from "./replies.ts";

const PREFIX = "/assets";
const HASH_DIGITS = 12;
const A_YEAR_S = 31_536_000;
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};
const ADDRESS = new RegExp(`^${PREFIX}/([a-z]+)(?:\\.([0-9a-f]{${HASH_DIGITS}}))?(\\.[a-z]+)$`);

export interface Assets {
  /** Addresses with the content's hash in them: a browser that has one never asks again. */
  readonly hrefs: Readonly<Record<AssetName, string>>;
  readonly route: Route;
}

interface Asset {
  readonly name: string;
  readonly hash: string;
  /** Made at the first request for it, once. */
  encoded(encoding: ContentEncoding): Promise<Uint8Array>;
}

type ReadFile = (file: string) => Promise<Response>;

/** Scripts and styles, from disk or from inside the executable; nothing else of their folders. */
export async function openAssets(): Promise<Assets> {
  const read = await fileReader(Object.values(ASSETS).flatMap(({ files }) => files));
  const opened = await Promise.all(
    Object.entries(ASSETS).map(async ([key, files]) => [key, await openAsset(read, files)] as const),
  );
  const hrefs = Object.fromEntries(opened.map(([key, asset]) => [key, href(asset)])) as Record<AssetName, string>;
  const byName = new Map(opened.map(([, asset]) => [asset.name, asset]));
  return { hrefs, route: { method: "GET", path: `${PREFIX}/*`, refusal: "negotiated", handle } };

  async function handle(request: Request): Promise<Response> {
    const [, stem = "", hash, extension = ""] = ADDRESS.exec(new URL(request.url).pathname) ?? [];
    const asset = byName.get(stem + extension);
    if (asset === undefined) throw nothingThere(request);
    return reply(request, asset, hash === asset.hash);
  }
}

function href({ name, hash }: Asset): string {
  const dot = name.lastIndexOf(".");
  return `${PREFIX}/${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
}

async function openAsset(read: ReadFile, { name, files }: AssetFiles): Promise<Asset> {
  const replies = await Promise.all(files.map(read));
  // Each ends its line: a comment at the end of one must not take the next one in.
  const texts = await Promise.all(replies.map((part) => part.text()));
  const bytes = Buffer.from(texts.map((text, at) => `${lean(files[at] ?? "", text)}\n`).join(""));
  const made = new Map<ContentEncoding, Promise<Uint8Array>>();
  return {
    name,
    hash: hex(sha256(bytes)).slice(0, HASH_DIGITS),
    encoded(encoding) {
      const body = made.get(encoding) ?? compressBest(bytes, encoding);
      made.set(encoding, body);
      return body;
    },
  };
}

async function reply(request: Request, asset: Asset, current: boolean): Promise<Response> {
  const encoding = preferredEncoding(request.headers.get("accept-encoding"));
  const etag = `"${asset.hash}-${encoding}"`;
  const headers = new Headers({
    "Content-Type": TYPES[extname(asset.name)] ?? "application/octet-stream",
    // A page of the release before or after asks for its own hash while hubs are replaced: what is here is nearest.
    "Cache-Control": current ? `public, max-age=${A_YEAR_S}, immutable` : "no-cache",
    ETag: etag,
    Vary: "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
  });
  if (encoding !== "identity") headers.set("Content-Encoding", encoding);
  const known = (request.headers.get("if-none-match") ?? "").split(",").some((tag) => sameTag(tag, etag));
  if (known) return new Response(null, { status: 304, headers });
  return new Response(bytesBody(await asset.encoded(encoding)), { headers });
}

function sameTag(given: string, etag: string): boolean {
  return given.trim().replace(/^W\//, "") === etag;
}

/** Elysia's plugin finds the files on disk and in the executable alike. */
async function fileReader(files: readonly string[]): Promise<ReadFile> {
  const folders = [...new Set(files.map(dirname))];
  const app = new Elysia({ normalize: false });
  for (const [at, folder] of folders.entries()) {
    const named = files.filter((file) => dirname(file) === folder);
    app.use(await folderRoutes(`/${at}`, folder, named));
  }
  return async (file) => {
    const found = await app.handle(new Request(`http://localhost/${folders.indexOf(dirname(file))}/${basename(file)}`));
    assert(found.ok, `${basename(file)} is one of the hub's files`);
    return found;
  };
}

function folderRoutes(prefix: string, folder: string, files: readonly string[]): Promise<Elysia> {
  return staticPlugin({
    assets: folder,
    prefix,
    alwaysStatic: true,
    indexHTML: false,
    etag: false,
    silent: true,
    ignorePatterns: [allBut(files)],
  });
}

function allBut(files: readonly string[]): RegExp {
  const named = files.map((file) => file.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^(?!(?:${named.join("|")})$)`);
}
