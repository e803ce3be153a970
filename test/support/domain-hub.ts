import { afterAll, beforeAll } from "bun:test";
import type { Sql } from "postgres";
import type { Actor, RigIdentity } from "../../src/domain/context.ts";
import { createIngest, type Ingest, type Upload, type UploadResult } from "../../src/domain/ingest.ts";
import { authenticateRig, registerRig } from "../../src/domain/rigs.ts";
import { encodeEvent } from "../../src/wire/codec.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import { anEvent, type DeepPartial } from "./builders.ts";
import { testContext, type ContextOverrides, type TestContext } from "./context.ts";
import { testDatabase, type Engine, type TestDatabase } from "./postgres.ts";

export const ADMIN: Actor = { name: "admin", address: "127.0.0.1" };

export interface EnrolledRig {
  readonly identity: RigIdentity;
  readonly key: string;
  /** An event of this rig; each call without a timestamp is a second later. */
  event(overrides?: DeepPartial<FleetEvent>): FleetEvent;
}

/** The hub's domain over a real database, without HTTP. One database a suite; every test enrols rigs of its own. */
export interface DomainHub {
  readonly sql: Sql;
  readonly context: TestContext;
  readonly ingest: Ingest;
  readonly database: TestDatabase;
  enrol(rigId?: string): Promise<EnrolledRig>;
  upload(rig: EnrolledRig, event: FleetEvent, extra?: Partial<Upload>): Promise<UploadResult>;
}

const FIRST_TIMESTAMP = 1_794_187_658;
/** The embedded database's first initialisation takes seconds. */
const OPEN_MS = 60_000;
let rigs = 0;

/** Opens before the suite's first test and closes after its last. */
export function domainHub(engine: Engine, overrides: ContextOverrides = {}): DomainHub {
  let database: TestDatabase | undefined;
  let context: TestContext | undefined;
  let ingest: Ingest | undefined;
  beforeAll(async () => {
    database = await testDatabase(engine);
    context = testContext(database.sql, overrides);
    ingest = createIngest(context);
  }, OPEN_MS);
  afterAll(async () => {
    await ingest?.drain();
    await database?.close();
  });
  const hub: DomainHub = {
    get sql() {
      return hub.context.sql;
    },
    get context() {
      return opened(context);
    },
    get ingest() {
      return opened(ingest);
    },
    get database() {
      return opened(database);
    },
    enrol: (rigId = `RIG-${++rigs}00`) => enrolRig(hub.context, rigId),
    upload: async (rig, event, extra = {}) => hub.ingest.accept(uploadOf(hub.context, rig, event, extra)),
  };
  return hub;
}

export async function enrolRig(context: TestContext, rigId: string): Promise<EnrolledRig> {
  const place = { well_id: "WOLFCAMP-23H", field: "Permian Basin" };
  const { api_key: key } = await registerRig(context, { rig_id: rigId, ...place }, ADMIN);
  const identity = await authenticateRig(context, key);
  let seconds = 0;
  return {
    identity,
    key,
    event: (overrides = {}) => anEvent({ timestamp: FIRST_TIMESTAMP + seconds++, ...overrides, rig_id: rigId }),
  };
}

export function uploadOf(
  context: TestContext,
  rig: EnrolledRig,
  event: FleetEvent,
  extra: Partial<Upload> = {},
): Upload {
  const json = extra.json ?? encodeEvent(event);
  return { rig: rig.identity, event, json, frame: context.zstd.compress(json), ...extra };
}

function opened<T>(value: T | undefined): T {
  if (value === undefined)
    throw new Error("the suite's database opens before its first test, not while it is described");
  return value;
}
