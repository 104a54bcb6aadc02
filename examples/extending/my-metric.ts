import { extension } from "@atoll/core/extensions";
import { presentUsers, ratioOfSums, type MetricDefinition } from "@atoll/core/metrics";

/** The mean squared distance of probability and click: Brier 1950. */
const brier: MetricDefinition = {
  label: "Brier score",
  summary: "Mean of (p - y)^2 over rows (Brier 1950).",
  higherIsBetter: false,
  // `labels`: of rows with a label each; `lists`: of ranked candidates.
  needs: "labels",
  probabilities: true,
  // Whether its name carries a number, as ndcg@10 does.
  cutoff: false,
  measure: (scored) => {
    const { examples, scores, numUsers } = scored;
    const squares = new Float64Array(numUsers);
    const rows = new Float64Array(numUsers);
    for (let row = 0; row < examples.numRows; row++) {
      const user = examples.user[row]!;
      squares[user]! += (scores[row]! - examples.label[row]!) ** 2;
      rows[user]! += 1;
    }
    // A ratio of sums over users knows how far each user moves it: intervals and tests need no more.
    return ratioOfSums(squares, rows, presentUsers(scored));
  },
};

export const myMetric = extension({ metrics: { brier } });
