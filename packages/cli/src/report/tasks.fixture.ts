import type { Result } from "@atoll/node/results";
import { resultOf } from "./result.fixture.ts";

const interval = (mean: number) => ({ mean, sd: 0, low: mean - 0.01, high: mean + 0.01 });

/** Clicks and sales of two clients; local-only serves b worst at sales. */
export function resultOfTasks(): Result {
  const own = resultOf(["a", "b"], { fedavg: { macro: [0.02, "better"] } }, "auc:click");
  for (const [name, method] of Object.entries(own.methods)) {
    const sale = name === "local" ? 0.6 : 0.5;
    method.macro["auc:sale"] = interval(sale);
    method.macro["logloss:sale"] = interval(0.1);
    method.clients["a"]!["auc:sale"] = interval(sale + 0.1);
    method.clients["b"]!["auc:sale"] = interval(sale - 0.1);
    method.worst = {
      "auc:click": { client: "a", mean: 0.3 },
      "auc:sale": { client: "b", mean: sale - 0.1 },
    };
  }
  return own;
}
