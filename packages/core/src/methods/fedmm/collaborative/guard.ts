import type { SplitClient } from "../../../data/index.ts";
import { AtollError } from "../../../errors/index.ts";
import type { Positives } from "../../../models/collaborative/index.ts";
import { eachEdge } from "./folds.ts";

/** User and item of every encoded row of a party, one split after another. */
export interface NumberedRows {
  readonly userOfRow: Int32Array;
  readonly itemOfRow: Int32Array;
}

/**
 * Proves that a collaborative fit sees training alone: every edge handed to it is the (user, item) pair of
 * a row that the split gave to training, and of no row of the fold that the fit has to do without. It
 * reads the split itself, not what the edges were made from. Throws COLLABORATIVE_LEAK.
 */
export function guardEdges(
  client: string,
  positives: Positives,
  splits: readonly Pick<SplitClient, "label" | "train">[],
  { userOfRow, itemOfRow }: NumberedRows,
  without?: { readonly fold: number; readonly foldOfRow: Int8Array },
): void {
  const { numItems } = positives;
  const trained = new Set<number>();
  const withheld = new Set<number>();
  let offset = 0;
  for (const { label, train } of splits) {
    for (const own of train) {
      const row = own + offset;
      const pair = userOfRow[row]! * numItems + itemOfRow[row]!;
      trained.add(pair);
      if (without !== undefined && without.foldOfRow[row] === without.fold) withheld.add(pair);
    }
    offset += label.length;
  }
  eachEdge(positives, (user, item) => {
    const pair = user * numItems + item;
    const why = !trained.has(pair)
      ? "stands in no training row"
      : withheld.has(pair)
        ? `belongs to fold ${without!.fold}, which this model must not see`
        : undefined;
    if (why !== undefined)
      throw new AtollError(
        "COLLABORATIVE_LEAK",
        `client "${client}": the pair of user ${user} and item ${item}, as numbered, was handed to a collaborative model, but ${why}; nothing was trained; this is an error of the program, please report it with the experiment`,
      );
  });
}
