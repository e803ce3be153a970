import type { Frame } from "../frame/model.ts";
import type { Child, Markup } from "../jsx-runtime.ts";
import { Facts } from "../parts/facts.tsx";
import { bytes, longDuration, number } from "../parts/numbers.ts";
import { Table } from "../parts/table.tsx";
import type { DatabaseState } from "./model.ts";

const FULL_SOON_DAYS = 14;

export function Database({ frame, state }: { readonly frame: Frame; readonly state: DatabaseState }): Markup {
  return (
    <>
      <Facts
        facts={[
          ["Kind", state.engine === "embedded" ? "embedded in this hub" : "PostgreSQL server"],
          ["PostgreSQL", state.server_version],
          ["Schema", state.schema ?? "none"],
          ["Size", bytes(state.bytes)],
          ["Round trip", `${number(state.latency_ms, 1)} ms`],
          ["Connections", connections(state)],
          ["Growth", growth(state)],
          ["Disk", disk(state)],
        ]}
      />
      <Replicas frame={frame} state={state} />
    </>
  );
}

function connections({ engine, pool, connections: open, connections_max: most }: DatabaseState): string {
  if (engine === "embedded") return "one, inside this hub";
  return `up to ${number(pool)} of this hub; ${number(open)} open of the server's ${number(most)}`;
}

function growth({ growth_bytes_per_day: perDay, growth_days: days }: DatabaseState): string {
  if (perDay === null) return "not known before the second day";
  return `${bytes(perDay)} a day over ${number(days)} ${days === 1 ? "day" : "days"}`;
}

function disk({ disk: space, disk_days_left: left }: DatabaseState): Child {
  if (space === undefined) return "a server's disk cannot be seen from here: watch it there";
  const room = `${bytes(space.free_bytes)} free of ${bytes(space.total_bytes)}`;
  if (left === null) return room;
  const words = `full in about ${number(left)} days at this growth`;
  return (
    <>
      {room}, {left < FULL_SOON_DAYS ? <strong class="problem">{words}</strong> : words}
    </>
  );
}

function Replicas({ frame, state }: { readonly frame: Frame; readonly state: DatabaseState }): Markup {
  if (state.engine === "embedded") return <></>;
  if (state.replicas.length === 0) return <p>No standby follows this server.</p>;
  return (
    <Table
      frame={frame}
      caption="Standbys"
      rows={state.replicas}
      columns={[
        { label: "Name", heads: true, cell: ({ name }) => name },
        { label: "State", cell: ({ state: word }) => word ?? "not visible to the hub's role" },
        { label: "Lag", numeric: true, cell: ({ lag_s }) => longDuration(lag_s) },
      ]}
    />
  );
}
