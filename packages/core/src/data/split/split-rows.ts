import type { SplitConfig } from "./config.ts";
import { givenSplit } from "./given.ts";
import { globalTime } from "./global-time.ts";
import { kFold } from "./k-fold.ts";
import { leaveOneOut } from "./leave-one-out.ts";
import { perUserRatio } from "./per-user-ratio.ts";
import { randomSplit } from "./random.ts";
import type { Parts, SplittableRows } from "./split.ts";

/** Gives every row its part. */
export function splitRows(rows: SplittableRows, config: SplitConfig): Parts {
  switch (config.kind) {
    case "leave-one-out":
      return leaveOneOut(rows, config);
    case "time":
      return globalTime(rows, config);
    case "random":
      return randomSplit(rows, config);
    case "per-user-ratio":
      return perUserRatio(rows, config);
    case "given":
      return givenSplit(rows);
    case "k-fold":
      return kFold(rows, config);
  }
}
