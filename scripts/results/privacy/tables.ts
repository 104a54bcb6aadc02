import { accountants, roundedUp } from "@atoll/core/privacy";
import { mean } from "@atoll/core/stats";
import type { Result } from "@atoll/node/results";
import { signed, table } from "../../markdown.ts";
import { aucOf, epsilonOf, pairedBySeed, promisesOf, type Estimate, type Part } from "./part.ts";
import { find, mark, type Comparison } from "../compared.ts";

/** The method that was trained without a thought of privacy. */
export const TUNED = "tuned";

/** Epsilon for a reader: rounded up, so that what is printed holds. */
export const epsilonText = (epsilon: number) => (epsilon === Infinity ? "∞" : roundedUp(epsilon));

const withHalf = ({ mean: middle, low, high }: Estimate) =>
  `${middle.toFixed(4)} ± ${((high - low) / 2).toFixed(4)}`;

const withInterval = ({ mean: middle, low, high }: Estimate) =>
  `${signed(middle)} [${signed(low)}, ${signed(high)}]`;

export const compared = (
  result: Result,
  method: string,
  { against, client }: { readonly against: string; readonly client: string },
): Comparison | undefined => find(result, method, against, client, "auc");

function differenceText(found: Comparison | undefined): string {
  if (found === undefined) return "";
  return `${withInterval({ ...found, mean: found.difference })}${mark(found)}`;
}

/** AUC against epsilon, beside PyTorch. */
export function utilityTable(part: Part): string {
  const { result, without, client, plans, ours, theirs } = part;
  const against = [without, TUNED];
  return table(
    [
      "method",
      "epsilon",
      "noise multiplier",
      "AUC",
      ...against.map((other) => `against ${other}`),
      "PyTorch",
      "Atoll - PyTorch",
    ],
    Object.keys(result.methods).map((method) => {
      const other = theirs?.aucs[method];
      return [
        method,
        epsilonText(epsilonOf(result, method)),
        plans.get(method)?.noiseMultiplier.toFixed(3) ?? "",
        withHalf(aucOf(part, method)),
        ...against.map((name) =>
          differenceText(compared(result, method, { against: name, client })),
        ),
        other === undefined ? "" : mean(other).toFixed(4),
        other === undefined ? "" : withInterval(pairedBySeed(ours[method]!, other)),
      ];
    }),
  );
}

/** What the same epsilons cost where rows, and where users, are protected. */
export function unitTable(rows: Part, users: Part): string {
  const ofUsers = promisesOf(users);
  return table(
    ["epsilon", rows.title, `against ${rows.without}`, users.title, `against ${users.without}`],
    promisesOf(rows).map((method, i) => [
      epsilonText(epsilonOf(rows.result, method)),
      ...(
        [
          [rows, method],
          [users, ofUsers[i]!],
        ] as const
      ).flatMap(([part, name]) => [
        aucOf(part, name).mean.toFixed(4),
        differenceText(compared(part.result, name, { against: part.without, client: part.client })),
      ]),
    ]),
  );
}

/** The same noise by accountants, and without the secret of who took part. */
export function accountantTable(parts: readonly Part[]): string {
  const rows = parts.flatMap((part) =>
    promisesOf(part).map((method) => {
      const { uses, noiseMultiplier, samplingRate } = part.plans.get(method)!;
      const { delta, accounts } = part.result.methods[method]!.privacy!;
      const by = (name: "rdp" | "pld") => accountants[name].epsilon(uses, delta);
      const { unamplified } = accounts[part.client]!;
      const seen = unamplified === "infinity" ? Infinity : unamplified;
      return [
        part.title,
        method,
        samplingRate.toFixed(4),
        String(uses.reduce((sum, { count }) => sum + count, 0)),
        noiseMultiplier.toFixed(3),
        epsilonText(by("rdp")),
        epsilonText(by("pld")),
        (by("rdp") / by("pld")).toFixed(2),
        seen === undefined ? "the same" : epsilonText(seen),
      ];
    }),
  );
  return table(
    [
      "data",
      "method",
      "rate",
      "steps",
      "noise",
      "RDP",
      "PLD",
      "RDP / PLD",
      "RDP, who took part is seen",
    ],
    rows,
  );
}

/** What attacks found, beside what was promised. */
export function auditTable(parts: readonly Part[]): string {
  const rows = parts.flatMap(({ title, client, result, audit }) =>
    Object.entries(audit?.methods ?? {}).map(([method, { clients, parties }]) => {
      const { threshold } = clients[client]!;
      const { canaries } = parties[client]!;
      return [
        title,
        method,
        epsilonText(epsilonOf(result, method)),
        canaries === undefined ? "-" : `${canaries.correct} of ${canaries.guesses}`,
        canaries === undefined ? "-" : canaries.epsilon.toFixed(3),
        `${threshold.auc.value.toFixed(3)} [${threshold.auc.low.toFixed(3)}, ${threshold.auc.high.toFixed(3)}]`,
      ];
    }),
  );
  return table(
    [
      "data",
      "method",
      "promised",
      "canaries guessed right",
      "epsilon at least",
      "AUC of telling training rows",
    ],
    rows,
  );
}

/** Who keeps the promise, at one epsilon. */
export function trustTable(result: Result): string {
  return table(
    ["method", "epsilon", "AUC", "against none", "against alone"],
    Object.entries(result.methods).map(([method, { macro }]) => [
      method,
      method === "alone" ? "nothing leaves" : epsilonText(epsilonOf(result, method)),
      withHalf(macro["auc"]!),
      ...["none", "alone"].map((against) =>
        differenceText(compared(result, method, { against, client: "macro" })),
      ),
    ]),
  );
}
