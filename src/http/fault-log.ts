/** The newest failures of this process: enough to match what somebody reports with the log. */
export const FAULTS_KEPT = 50;

export interface RecentFault {
  /** ISO 8601. */
  readonly at: string;
  readonly request_id: string;
  readonly method: string;
  /** The route's pattern, never the address: that may name what is nobody's business. */
  readonly route: string;
  readonly status: number;
}

export interface FaultLog {
  add(fault: RecentFault): void;
  /** Newest first. */
  recent(): readonly RecentFault[];
}

export function createFaultLog(): FaultLog {
  const kept: RecentFault[] = [];
  return {
    add(fault) {
      kept.unshift(fault);
      kept.length = Math.min(kept.length, FAULTS_KEPT);
    },
    recent: () => [...kept],
  };
}
