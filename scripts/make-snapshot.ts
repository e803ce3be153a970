/**
 * Makes src/db/assets/embedded-snapshot.tar.zst: the embedded database as initdb leaves it, closed cleanly.
 * Run it after every change of PGlite's version; a test compares the two.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, zstdCompressSync } from "node:zlib";
import { PGlite } from "@electric-sql/pglite";

const TARGET = join(import.meta.dir, "..", "src", "db", "assets", "embedded-snapshot.tar.zst");
const LEVEL = 19;

const directory = mkdtempSync(join(tmpdir(), "fleet-snapshot-"));
const engine = await PGlite.create({ dataDir: directory });
await engine.exec("vacuum (freeze, analyze)");
await engine.close();
rmSync(join(directory, "postmaster.pid"), { force: true });

const closed = await PGlite.create({ dataDir: directory, noInitDb: true });
const tar = new Uint8Array(await (await closed.dumpDataDir("none")).arrayBuffer());
const params = { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 };
const snapshot = zstdCompressSync(tar, { params });
writeFileSync(TARGET, snapshot);
rmSync(directory, { recursive: true });
console.log(`${TARGET}: ${tar.byteLength} bytes in ${snapshot.byteLength}`);
process.exit(0);
