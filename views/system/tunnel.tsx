import type { Frame } from "../frame/model.ts";
import type { Child, Markup } from "../jsx-runtime.ts";
import { Facts } from "../parts/facts.tsx";
import { longDuration, number } from "../parts/numbers.ts";
import { Empty } from "../parts/panel.tsx";
import { Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import type { TunnelState } from "./model.ts";

export function Tunnel({ frame, state }: { readonly frame: Frame; readonly state: TunnelState | null }): Markup {
  if (state === null) return <Empty>This fleet has no tunnel: rigs reach the hub by their own network.</Empty>;
  const { pool, peers, gateways, handshakes } = state;
  return (
    <>
      <Facts
        facts={[
          ["Addresses", pool],
          ["Rigs let in", number(peers["active"] ?? 0)],
          ["Waiting with a file", number(peers["bootstrap"] ?? 0)],
          ["Addresses at rest", number(peers["released"] ?? 0)],
          ["Last handshake here", lastHandshake(handshakes)],
          ["Looked", handshakes === null ? "never" : <Time iso={handshakes.told_at} nowMs={frame.nowMs} />],
        ]}
      />
      <Table
        frame={frame}
        caption="Gateways, where rigs enter"
        rows={gateways}
        columns={[
          { label: "Name", heads: true, cell: ({ name }) => <span class="words">{name}</span> },
          { label: "In the tunnel", cell: ({ address }) => address },
          { label: "From outside", cell: ({ endpoint }) => <span class="words">{endpoint}</span> },
        ]}
      />
    </>
  );
}

/** An old one is no fault: a tunnel is silent until a rig speaks. */
function lastHandshake(handshakes: TunnelState["handshakes"]): Child {
  if (handshakes === null) return "not known: no gateway tells this hub";
  return handshakes.youngest_s === null ? "none yet" : `${longDuration(handshakes.youngest_s)} ago`;
}
