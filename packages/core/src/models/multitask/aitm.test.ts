import fixtures from "../__fixtures__/aitm.json" with { type: "json" };
import { referenceLaws } from "../reference.laws.ts";

/** The calibrator, in doubles: the mean over rows of how much likelier later steps are. */
referenceLaws(fixtures, {
  penalty: (logits, weights, { calibrator }) => {
    const numTasks = logits.length / weights.length;
    const share = (i: number) => 1 / (1 + Math.exp(-logits[i]!));
    let [sum, total] = [0, 0];
    for (let b = 0; b < weights.length; b++) {
      total += weights[b]!;
      for (let t = 1; t < numTasks; t++) {
        const i = b * numTasks + t;
        sum += weights[b]! * Math.max(0, share(i) - share(i - 1));
      }
    }
    return (Number(calibrator) * sum) / total;
  },
});
