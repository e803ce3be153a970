import { Type, type Static } from "typebox";
import { Fault } from "../../base/fault.ts";
import { parseJson } from "../../base/json.ts";
import { schema } from "../../base/schema.ts";

export const BACKUP_FORMAT = 1;
export const MANIFEST_NAME = "manifest.json";

/** Names go into statements, as identifiers. */
const Name = Type.String({ pattern: "^[a-z_][a-z0-9_]{0,62}$" });
const Count = Type.Integer({ minimum: 0 });

const ManifestJson = Type.Object({
  format: Count,
  /** ISO 8601, of the moment that the backup shows. */
  created_at: Type.String(),
  hub_version: Type.String(),
  engine: Type.Enum(["server", "embedded"]),
  server_version: Type.String(),
  /** Every migration, in order. */
  schema: Type.Array(Type.String({ pattern: "^[\\w-]{1,100}$" })),
  epoch: Type.String(),
  library_version: Count,
  /** Each after those that its rows refer to. */
  tables: Type.Array(
    Type.Object({
      name: Name,
      rows: Count,
      /** Of the rows, whatever their order: see `createRowDigest`. */
      digest: Type.String({ pattern: "^[0-9a-f]{64}$" }),
      /** Of JSON, with a newline a row. */
      bytes: Count,
    }),
  ),
  sequences: Type.Array(Type.Object({ name: Name, value: Count })),
});
export type Manifest = Static<typeof ManifestJson>;
export type TableSummary = Manifest["tables"][number];

const manifestSchema = schema("manifest", ManifestJson);

/** Faults: `corrupt`; `config` for a format of a newer hub. */
export function readManifest(bytes: Uint8Array): Manifest {
  const value = parseJson(bytes);
  if (!manifestSchema.is(value)) throw new Fault("corrupt", "the backup's manifest cannot be read", "take another one");
  if (value.format <= BACKUP_FORMAT) return value;
  throw new Fault(
    "config",
    `the backup has format ${value.format}, this hub reads ${BACKUP_FORMAT}`,
    "use a newer hub",
  );
}

export function totalRows({ tables }: Manifest): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0);
}
