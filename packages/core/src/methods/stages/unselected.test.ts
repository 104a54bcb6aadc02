import { describe, expect, test } from "vitest";
import type { SplitClient } from "../../data/index.ts";
import { messagesOf, stagesOf, trainedBy } from "../baselines/run.fixture.ts";
import { emptyContext, runInMarkets, scenariosOf } from "../two-markets.fixture.ts";

/** Scenario b does not know the label that selects. */
function splits(): SplitClient[] {
  return scenariosOf().map((split) => ({
    ...split,
    ...(split.client === "b" && {
      furtherLabels: split.furtherLabels.map((own) => own.map(() => -1)),
    }),
  }));
}
const selected = (select: "best" | "last") => ({
  ...trainedBy({ select, patience: 9, optimiser: { kind: "adam", learningRate: 1 } }),
  selectBy: "logloss:sale",
});

describe("a scenario that knows nothing to select by", () => {
  test("that trains alone makes all its passes, and its last state scores", async () => {
    const run = (select: "best" | "last") =>
      runInMarkets(
        () => stagesOf({ kind: "local" }, selected(select)),
        splits().map((split) => emptyContext(split)),
      );
    const { traffic, scores } = await run("best");
    const updates = messagesOf(traffic, "b", "update").filter(
      ({ metadata }) => "trainLoss" in metadata,
    );
    expect(updates.map(({ round }) => round)).toEqual([0, 1]);
    expect(scores[1]).toEqual((await run("last")).scores[1]);
  });

  test.each([false, true])(
    "in a pool is scored by the pool's last state, whatever is best for others; interrupted: %s",
    async (interrupted) => {
      // Pooled, the two are parts of one party.
      const pool = async (select: "best" | "last") => {
        const context = { ...emptyContext(splits()[0]!), splits: splits() };
        const stages = () => stagesOf({ kind: "centralised" }, selected(select));
        const { traffic } = await runInMarkets(stages, [context], interrupted);
        const { message } = traffic.find((entry) => entry.message.kind === "measured")!;
        return message.metadata["test"] as Record<string, Record<string, number>>;
      };
      const best = await pool("best");
      const last = await pool("last");
      expect(Object.keys(best["b"]!)).toEqual(["auc:click"]);
      expect(best["b"]).toEqual(last["b"]);
      expect(best["a"]!["auc:click"]).not.toBe(last["a"]!["auc:click"]);
    },
  );
});
