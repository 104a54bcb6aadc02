import { accountants, type Uses } from "../accounting/index.ts";
import { roundedUp } from "./numbers-text.ts";
import { isSampled, mergeUses } from "./uses.ts";
import type { AccountExport, Adjacency, Budget, Charge, Unit } from "./types.ts";

const UNITS: Readonly<Record<Unit, string>> = {
  example: "a row",
  user: "a user with all rows",
  client: "a client with all data",
  vector: "an encoded vector",
};

/**
 * What an account's numbers mean, as sentences for engineers and privacy officers alike. `notCovered`: what
 * the account leaves out, as sentences of the caller's, put at the end.
 */
export function explainAccount(
  account: AccountExport,
  { notCovered = [] }: { readonly notCovered?: readonly string[] } = {},
): readonly string[] {
  const [first] = account.charges;
  return [
    ...(first === undefined ? nothingReleased(account) : released(account, first)),
    capped(account.budget),
    ...notCovered.map((sentence) => `Not covered: ${sentence}`),
  ];
}

function nothingReleased({ account, spent: { epsilon }, budget }: AccountExport): string[] {
  // The charges may be those of one run, of an account that others share.
  if (epsilon > 0)
    return [
      `Account "${account}": nothing was released; others had spent epsilon ${roundedUp(epsilon)} at delta ${budget.delta} (accountant ${methodOf(budget)}).`,
    ];
  return [`Account "${account}": nothing was released, so nothing was promised away (epsilon 0).`];
}

function released(account: AccountExport, first: Charge): string[] {
  const { spent, budget, charges } = account;
  return [
    `Account "${account.account}": ${releasesOf(charges)}.`,
    protectedOf(first),
    ...(spent.epsilon === Infinity
      ? ["There is no promise (epsilon is infinite): noise is missing, or too weak to count."]
      : [
          ...meaningOf(account, first),
          amplificationOf(account),
          adaptivityOf(budget, spent.epsilon),
        ]),
  ];
}

function releasesOf(charges: readonly Charge[]): string {
  const perStage = new Map<string, number>();
  // Charges of nothing settle what rounds without an answer cost.
  const releases = charges.filter(({ uses }) => uses.count > 0);
  for (const { stage } of releases) perStage.set(stage, (perStage.get(stage) ?? 0) + 1);
  const stages = [...perStage].map(([stage, count]) => `${count} from stage ${stage}`).join(", ");
  return `${releases.length} release${releases.length === 1 ? "" : "s"}${stages && ` (${stages})`}`;
}

function protectedOf({ unit, adjacency }: Charge): string {
  return `What is protected is ${UNITS[unit]}: epsilon bounds what the releases tell about whether ${difference(adjacency)} (unit ${unit}, adjacency ${adjacency}).`;
}

function difference(adjacency: Adjacency): string {
  return adjacency === "add-remove"
    ? "it was among the data or not"
    : "it was this or any other in its place";
}

function meaningOf({ spent: { epsilon }, budget }: AccountExport, { adjacency }: Charge): string[] {
  const { delta } = budget;
  const factor = roundedUp(Math.exp(epsilon));
  // The most that any test between two (epsilon, delta)-close worlds gets right at even odds.
  const right = 1 / (1 + Math.exp(-epsilon)) + delta / (1 + Math.exp(epsilon));
  const worlds = adjacency === "add-remove" ? "where it was there" : "where it was this one";
  const other = adjacency === "add-remove" ? "where it was not" : "where it was another";
  return [
    `Epsilon is ${roundedUp(epsilon)} at delta ${delta} (accountant ${methodOf(budget)}).`,
    `Whatever an attacker may read from the releases has at most ${factor} times (exp(epsilon)) the probability ${worlds} that it has ${other}, and the other way round, plus ${delta} (delta).`,
    `An attacker who knows everything else and thinks both equally likely guesses right at most ${roundedUp(100 * Math.min(1, right))} % of the time; a coin is right 50 %.`,
  ];
}

function methodOf({ accountant, adaptivity }: Budget): string {
  switch (adaptivity.kind) {
    case "planned":
      return accountant;
    case "zcdp-filter":
      return "zCDP";
    case "renyi-filter":
      return `rdp at order ${adaptivity.order}`;
  }
}

function amplificationOf({ charges, spent }: AccountExport): string {
  const [counts, beside] = charges.some(({ uses }) => isSampled(uses.mechanism))
    ? [
        "This counts on chance and secrecy of which units took part in which step (amplified by sampling).",
        spent.unamplified === undefined
          ? ""
          : ` Against whoever sees who took part, epsilon is ${roundedUp(spent.unamplified)}.`,
      ]
    : [
        "This holds even against whoever sees which units took part (not amplified by sampling).",
        spent.amplified === undefined
          ? ""
          : ` The formula for sampling would say ${roundedUp(spent.amplified)}, as is often quoted; that is no promise, for the noise that each participant adds by itself shows how many they were.`,
      ];
  return counts + beside;
}

function adaptivityOf(budget: Budget, epsilonSpent: number): string {
  switch (budget.adaptivity.kind) {
    case "planned":
      return planned(budget, { plan: budget.adaptivity.plan, epsilonSpent });
    case "zcdp-filter":
    case "renyi-filter":
      return (
        "Noise, and when to stop, may follow from earlier releases: " +
        (budget.epsilon === Infinity
          ? "without a cap nothing is promised then, and epsilon is what these releases cost if all was fixed beforehand."
          : "what is promised in any case is the cap, and epsilon is what these releases cost if all was fixed beforehand.")
      );
  }
}

function planned(
  budget: Budget,
  { plan, epsilonSpent }: { readonly plan: readonly Uses[]; readonly epsilonSpent: number },
): string {
  const fixed = "All noise was fixed before the first release";
  const whole = accountants[budget.accountant].epsilon(mergeUses(plan), budget.delta);
  if (whole === epsilonSpent) return `${fixed}, and all that was planned is spent.`;
  const held =
    whole > budget.epsilon
      ? `is stopped by the cap, so that ${budget.epsilon}`
      : `comes to ${roundedUp(whole)}, which`;
  return `${fixed}: this is epsilon if the run stops as scheduled. The whole plan ${held} is what holds if it stops because of what was released.`;
}

function capped({ epsilon }: Budget): string {
  return epsilon === Infinity
    ? "There is no cap: releases are counted, and none is refused for what it costs."
    : `Hard cap enforced: ${epsilon}. A release that would bring epsilon above it is refused before anything leaves.`;
}
