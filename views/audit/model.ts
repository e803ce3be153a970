export type AuditValue =
  | string
  | number
  | boolean
  | null
  | readonly AuditValue[]
  | { readonly [name: string]: AuditValue };
export type AuditFields = Readonly<Record<string, AuditValue>>;

export interface AuditLine {
  readonly id: number;
  readonly at: string;
  readonly actor: string;
  readonly address: string;
  readonly request_id: string | null;
  readonly action: string;
  readonly target: string | null;
  readonly before: AuditFields | null;
  readonly after: AuditFields | null;
  readonly detail: AuditFields;
}

export interface AuditFilters {
  readonly action: string | undefined;
  readonly actor: string | undefined;
  readonly target: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export interface AuditPage {
  readonly filters: AuditFilters;
  /** All that can be asked for. */
  readonly actions: readonly string[];
  readonly rows: readonly AuditLine[];
  readonly next: string | null;
  readonly size: number;
  /** Counted up to `countedTo`. */
  readonly total: number;
  readonly countedTo: number;
}
