import { describe, expect, test } from "vitest";
import fixtures from "./__fixtures__/metrics.json" with { type: "json" };
import { measure } from "./measure.ts";
import { metricLaws, valueOf } from "./metrics.laws.ts";
import { metrics } from "./registry.ts";
import { scoredOf, type Row } from "./scored.fixture.ts";

describe.each(Object.entries(metrics))("%s keeps the laws of metrics", (base, { cutoff }) => {
  metricLaws(cutoff ? `${base}@3` : base);
});

describe("values agree with scikit-learn and naive NumPy", () => {
  test.each(fixtures.labelled.map((example, i) => [i, example] as const))(
    "labelled rows %i",
    (_, { user, label, score, numUsers, expected }) => {
      const scored = scoredOf(
        user.map((own, i): Row => [own, label[i]!, score[i]!]),
        numUsers,
      );
      for (const [name, value] of Object.entries(expected))
        expect(valueOf(name, scored).value, name).toBeCloseTo(value, 12);
      const { gauc, avgauc } = expected;
      expect(new Set([gauc, expected["gauc-positives"], avgauc, expected.auc]).size).toBe(4);
    },
  );

  test.each(["pessimistic", "expected", "optimistic"] as const)(
    "NDCG at 1, 3 and 10, ties %s (sklearn averages over ties)",
    (ties) => {
      const { score, user, ndcg } = fixtures.ranked;
      const rows = score.flatMap((list, l) =>
        list.map((own, i): Row => [user[l]!, i === 0 ? 1 : 0, own, l]),
      );
      const names = ["ndcg@1", "ndcg@3", "ndcg@10"];
      const measured = measure(names, scoredOf(rows, 7), { ties });
      for (const [k, value] of Object.entries(ndcg[ties]))
        expect(measured[`ndcg@${k}`]).toMatchObject({
          kind: "value",
          value: expect.closeTo(value, 12),
        });
    },
  );
});
