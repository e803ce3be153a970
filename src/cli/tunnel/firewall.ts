export interface FirewallForm {
  readonly interface: string;
  /** UDP, for everybody. */
  readonly port: number;
  /** The hub's own, for this machine and the tunnel. */
  readonly hubPort: number;
  readonly pool: string;
  /** This gateway's in the tunnel. */
  readonly address: string;
}

export const FIREWALL_TABLE = "fleet_hub_wg";

/**
 * A table of our own and nobody else's. The three parts of one file are one transaction: applied twice it is the same,
 * and there is no moment without it. Listening at the tunnel's address alone protects nothing: any neighbour with a
 * route to it gets in.
 */
export function firewallText({ interface: device, port, hubPort, pool, address }: FirewallForm): string {
  const table = `table inet ${FIREWALL_TABLE}`;
  return `${table}
delete ${table}
${table} {
  chain input {
    type filter hook input priority filter - 10; policy accept;
    iifname "lo" accept
    iifname "${device}" ip saddr ${pool} ip daddr ${address} tcp dport ${hubPort} accept
    iifname "${device}" ct state established,related accept
    iifname "${device}" drop
    ip saddr ${pool} drop
    ip daddr ${pool} drop
    tcp dport ${hubPort} drop
    udp dport ${port} accept
  }
  chain forward {
    type filter hook forward priority filter - 10; policy accept;
    iifname "${device}" drop
    oifname "${device}" drop
  }
}
`;
}
