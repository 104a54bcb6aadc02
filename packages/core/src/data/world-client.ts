import type { RawTable } from "./table.ts";
import type { TrueAffinity } from "./true-affinity.ts";

/** One client of a made-up world. */
export interface WorldClient {
  readonly client: string;
  readonly table: RawTable;
  /** Implicit feedback: by the codes of the table's users and items, how much each wants each. */
  readonly affinity?: TrueAffinity;
}
