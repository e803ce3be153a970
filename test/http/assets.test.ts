import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { ASSETS, STYLES, type AssetName } from "../../src/http/asset-files.ts";
import { openAssets } from "../../src/http/assets.ts";
import { testHub } from "../support/hub.ts";

const KIB = 1024;
const STYLE_FOLDER = join(import.meta.dir, "..", "..", "views", "assets", "css");
const TYPES: Readonly<Record<AssetName, string>> = {
  trends: "text/javascript",
  style: "text/css",
  script: "text/javascript",
  track: "text/javascript",
  icon: "image/svg+xml",
  plot: "text/javascript",
};
const inflate: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
  gzip: gunzipSync,
};
const { hrefs } = await openAssets();
const hub = testHub("embedded");

/** A stylesheet's rules alone. */
function bare(css: string): string {
  return css
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return hub.send("GET", path, { headers });
}

async function plain(name: AssetName): Promise<Uint8Array> {
  return (await get(hrefs[name])).bytes();
}

test.each(Object.keys(ASSETS) as AssetName[])(
  "a browser asks once for %s: its name changes when it does",
  async (name) => {
    const reply = await get(hrefs[name]);
    expect(reply.status).toBe(200);
    expect(reply.headers.get("content-type")).toStartWith(TYPES[name]);
    expect(reply.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(reply.headers.get("x-content-type-options")).toBe("nosniff");
    expect(reply.headers.get("vary")).toBe("Accept-Encoding");
    const digest = new Bun.CryptoHasher("sha256").update(await reply.arrayBuffer()).digest("hex");
    expect(hrefs[name]).toContain(`.${digest.slice(0, 12)}.`);
  },
);

test.each([
  ["gzip, deflate", "gzip"],
  ["gzip, deflate, br, zstd", "br"],
  ["gzip, zstd;q=0.5", "zstd"],
  ["br;q=0, gzip", "gzip"],
  ["*", "br"],
])("what takes %s gets %s, and the same bytes", async (accepted, encoding) => {
  const reply = await get(hrefs.plot, { "accept-encoding": accepted });
  expect(reply.headers.get("content-encoding")).toBe(encoding);
  const sent = await reply.bytes();
  const whole = await plain("plot");
  expect(Buffer.compare(inflate[encoding]?.(sent) ?? new Uint8Array(), whole)).toBe(0);
  expect(sent.byteLength).toBeLessThan(whole.byteLength / 2);
});

test.each(["identity", "deflate", "br;q=0"])("what takes only %s gets it as it is", async (accepted) => {
  const reply = await get(hrefs.script, { "accept-encoding": accepted });
  expect(reply.headers.get("content-encoding")).toBeNull();
});

test("what a browser has is not sent again, and each encoding has a tag of its own", async () => {
  const tags = await Promise.all(
    ["br", "gzip", "identity"].map(async (encoding) => {
      const tag = (await get(hrefs.style, { "accept-encoding": encoding })).headers.get("etag") ?? "";
      const again = await get(hrefs.style, { "accept-encoding": encoding, "if-none-match": `"other", W/${tag}` });
      expect([again.status, again.headers.get("etag")]).toEqual([304, tag]);
      return tag;
    }),
  );
  expect(new Set(tags).size).toBe(3);
  for (const tag of tags) expect(tag).toMatch(/^"[0-9a-z-]+"$/);
  expect((await get(hrefs.style, { "if-none-match": '"other"' })).status).toBe(200);
});

test("the page of another release gets what is here, and asks again next time", async () => {
  for (const path of ["/assets/app.css", "/assets/app.000000000000.css"]) {
    const reply = await get(path);
    expect([reply.status, reply.headers.get("cache-control")]).toEqual([200, "no-cache"]);
    expect(Buffer.compare(await reply.bytes(), await plain("style"))).toBe(0);
  }
});

test.each(["htmx.js", "uPlot.esm.js", "base.css", "../frame/page.tsx", "..%2fframe%2fpage.tsx", ""])(
  "what pages do not use is not there: %s",
  async (path) => {
    expect((await get(`/assets/${path}`)).status).toBe(404);
  },
);

test("the one stylesheet is every file of its folder, views last", async () => {
  const [foreign = "", ...names] = STYLES.map((file) => basename(file, ".css"));
  expect(foreign).toStartWith("uPlot");
  const inFolder = readdirSync(STYLE_FOLDER).map((file) => basename(file, ".css"));
  expect(names.toSorted()).toEqual(inFolder.toSorted());
  expect(names.slice(0, 3)).toEqual(["base", "frame", "parts"]);
  expect(names.slice(3)).toEqual(names.slice(3).toSorted());
  const parts = await Promise.all(STYLES.map((file) => Bun.file(file).text()));
  expect(bare(new TextDecoder().decode(await plain("style")))).toBe(bare(parts.join("\n")));
});

test("what is for readers of the source is not sent: comments, indentation", async () => {
  for (const name of ["style", "script", "track", "trends"] as const) {
    const files = await Promise.all(ASSETS[name].files.map((file) => Bun.file(file).text()));
    const sent = new TextDecoder().decode(await plain(name));
    expect(sent.length).toBeLessThan(files.join("\n").length);
    expect(sent).not.toMatch(/^\s+[a-z]/m);
    expect(sent).not.toMatch(/^\s*(?:\/\/|\/\*) /m);
  }
});

test("our own scripts stay within 8 kB on any page, as they are sent", async () => {
  const folder = join(STYLE_FOLDER, "..");
  const sent = async (name: string): Promise<number> =>
    brotliCompressSync(await Bun.file(join(folder, name)).bytes()).byteLength;
  const [script, track, trends] = await Promise.all(["app.js", "track.js", "trends.js"].map(sent));
  expect((script ?? 0) + Math.max(track ?? 0, trends ?? 0)).toBeLessThanOrEqual(8 * KIB);
});
