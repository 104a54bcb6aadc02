import { expect, test } from "vitest";
import { tellingLine } from "./telling-line.ts";

const leak = (auc: number) => ({ feature: "order", auc, reads: "label" as const });

test("a feature that tells the label is named once, where it tells most", () => {
  const clients = {
    north: [leak(0.95), { feature: "score", auc: 0.8, reads: "probability" as const }],
    south: [leak(0.99)],
  };
  expect(tellingLine({ kind: "telling", clients, of: 2 })).toBe(
    "Worrying (all clients): order (AUC 0.99), score (AUC 0.80, with values that are right as probabilities) tell the label by themselves: leave out of the features what is not known before a row's outcome.\n",
  );
  expect(tellingLine({ kind: "telling", clients: { south: clients.south }, of: 2 })).toBe(
    "Worrying (south): order (AUC 0.99) tells the label by itself: leave out of the features what is not known before a row's outcome.\n",
  );
});
