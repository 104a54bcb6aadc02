import type { Result } from "@atoll/node/results";
import { table } from "../../markdown.ts";
import { beyond, criteoGoals, jdGoal, syntheticGoals, worth } from "./goals.ts";
import { LITERAL, PF } from "./variants.ts";
import { find } from "../compared.ts";
import { type ResultOf, goalTable, goalsInWords } from "../goals.ts";

/** One way to treat embedding tables, for all methods alike. */
export interface Rule {
  readonly title: string;
  readonly hash15: Result;
  readonly hash18: Result;
}

export const inSentence = ({ title }: Rule) => `${title[0]!.toLowerCase()}${title.slice(1)}`;

/** The answer in numbers: which goals are met, and what the method is worth. */
export function inShort(
  resultOf: ResultOf,
  { shared, apart, jd }: { readonly shared: Rule; readonly apart: Rule; readonly jd: Result },
): string {
  const goals = [...syntheticGoals(resultOf), ...criteoGoals(shared.hash15, shared.hash18)];
  return `${goalsInWords(goals)}

Macro click AUC against another method, both with the same embedding rule:

${worthTable([shared, apart])}
Differences of AUC with their 95% intervals. Criteo: embedding rows federated, weighted by counts.

${goalTable(goals)}
Beyond the goals:

${goalTable([...beyond(shared.hash15, shared.hash18), jdGoal(jd)])}
The same of Criteo where embedding tables stay at home, the literal reading:

${goalTable([...criteoGoals(apart.hash15, apart.hash18), ...beyond(apart.hash15, apart.hash18)])}
`;
}

/** What the method and its literal reading are worth, in few words. */
function worthTable(rules: readonly Rule[]): string {
  return table(
    ["", "hash_15, against local", "against FedAvg", "hash_18, against local", "against FedAvg"],
    rules.flatMap((rule) =>
      [PF, LITERAL]
        .filter((method) => find(rule.hash15, method, "local") !== undefined)
        .map((method) => [
          `${method}; ${inSentence(rule)}`,
          ...[rule.hash15, rule.hash18].flatMap((result) =>
            ["local", "fedavg"].map((other) => worth(result, other, method)),
          ),
        ]),
    ),
  );
}
