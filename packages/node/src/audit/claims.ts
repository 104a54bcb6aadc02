import type { CellRecord } from "../runs/folder.ts";
import type { Claim } from "./result.ts";

/**
 * What a party's account promises after the run, undefined where it has none. A promise about whole clients is
 * one about what they send; a client's own model, with the tables that never left it, is not part of it.
 */
export function claimOf({ privacy }: CellRecord, party: string): Claim | undefined {
  const account = privacy?.[party];
  const charge = account?.charges[0];
  if (account === undefined || charge === undefined) return undefined;
  const { epsilon } = account.spent;
  return {
    // JSON has no infinity: a record that was read back has null, or a word.
    epsilon: typeof epsilon === "number" && Number.isFinite(epsilon) ? epsilon : "infinity",
    delta: account.budget.delta,
    unit: charge.unit,
    covers: charge.unit === "example" || charge.unit === "user",
  };
}
