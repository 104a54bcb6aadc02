import { epsilonText } from "../../report/index.ts";
import type { Account, Answer } from "./side-by-side.ts";

/** One row per accountant; the first row names the columns. */
export function accountTable(accounts: readonly Account[]): string[][] {
  const sampled = accounts.some(({ unamplified }) => unamplified !== undefined);
  return [
    ["accountant", "epsilon", ...(sampled ? ["not amplified"] : [])],
    ...accounts.map(({ name, epsilon, unamplified }) => [
      name,
      answerText(epsilon),
      ...(sampled ? [answerText(unamplified ?? epsilon)] : []),
    ]),
  ];
}

export function answerText(answer: Answer): string {
  return answer.kind === "epsilon" ? epsilonText(answer.value) : "-";
}

/** What has to be said beside the numbers. */
export function answerNotes(accounts: readonly Account[]): string[] {
  const refused = accounts.flatMap(({ epsilon }) =>
    epsilon.kind === "refused" ? [`-: ${epsilon.why}.`] : [],
  );
  return [
    ...refused,
    ...(accounts.some(({ unamplified }) => unamplified !== undefined)
      ? [
          "Not amplified: against whoever sees which units a step took. The other holds only while sampling is Poisson and secret.",
        ]
      : []),
  ];
}
