import type { AuditResult, ItemResult, MembershipResult } from "@atoll/node/audit";
import { epsilonText } from "../epsilon-text.ts";
import { methodLabel } from "../labels.ts";

/** A lower bound for a reader, rounded down: what is printed was shown. */
export function atLeast(epsilon: number): string {
  return (Math.floor(1000 * epsilon) / 1000).toFixed(3);
}

/** Whose model it is; a method that pools all rows has one, by its own name. */
export function modelName(method: string, party: string): string {
  return party === method ? methodLabel(method) : `${methodLabel(method)}, ${party}`;
}

/** Canaries of one party beside what it promises. */
export interface CanaryRow {
  readonly method: string;
  readonly party: string;
  readonly canaries: number;
  readonly guesses: number;
  readonly correct: number;
  readonly bound: number;
  readonly boundTogether: number;
  /** As text, `infinity` included; undefined where nothing is promised. */
  readonly promised: string | undefined;
  /** The epsilon that is promised about the model that was attacked. */
  readonly claimed: number | undefined;
  readonly exceeded: boolean;
  /** Why the bound is not held against the promise. */
  readonly remark: string | undefined;
}

export function canaryRows({ methods, exceeded }: AuditResult): CanaryRow[] {
  return Object.entries(methods).flatMap(([method, { parties }]) =>
    Object.entries(parties).flatMap(([party, { claim, canaries }]) => {
      if (canaries === undefined) return [];
      const { canaries: count, guesses, correct, epsilon, epsilonTogether } = canaries;
      const epsilonOfClaim = claim?.epsilon;
      return [
        {
          method,
          party,
          canaries: count,
          guesses,
          correct,
          bound: epsilon,
          boundTogether: epsilonTogether,
          promised: claim && epsilonText(claim.epsilon),
          claimed:
            claim?.covers === true && typeof epsilonOfClaim === "number"
              ? epsilonOfClaim
              : undefined,
          exceeded: exceeded.some((other) => other.method === method && other.party === party),
          remark: claim?.covers === false ? `about a ${claim.unit}'s updates only` : undefined,
        },
      ];
    }),
  );
}

/** What one update of a client gives away of a feature. */
export interface ItemRow extends ItemResult {
  readonly method: string;
  readonly client: string;
  readonly feature: string;
  readonly privacy: string;
}

export function itemRows({ methods }: AuditResult): ItemRow[] {
  return Object.entries(methods).flatMap(([method, { privacy, items }]) =>
    Object.entries(items ?? {}).flatMap(([client, features]) =>
      Object.entries(features).map(([feature, found]) => ({
        method,
        client,
        feature,
        privacy,
        ...found,
      })),
    ),
  );
}

/** One attack on the rows of one client. */
export interface AttackRow {
  readonly method: string;
  readonly client: string;
  readonly attack: "threshold" | "likelihoodRatio";
  readonly found: MembershipResult;
}

export function attackRows({ methods }: AuditResult): AttackRow[] {
  return Object.entries(methods).flatMap(([method, { clients }]) =>
    Object.entries(clients).flatMap(([client, { threshold, likelihoodRatio }]) => [
      { method, client, attack: "threshold" as const, found: threshold },
      ...(likelihoodRatio === undefined
        ? []
        : [{ method, client, attack: "likelihoodRatio" as const, found: likelihoodRatio }]),
    ]),
  );
}

/** The finding in one sentence. */
export function auditHeadline(result: AuditResult): string {
  const [refuted] = result.exceeded;
  if (refuted !== undefined)
    return `A promise does not hold: ${modelName(refuted.method, refuted.party)} has an epsilon of at least ${atLeast(refuted.bound)} where ${epsilonText(refuted.claimed)} was promised`;
  const [strongest] = attackRows(result).toSorted(
    (a, b) => b.found.auc.low - a.found.auc.low || b.found.auc.value - a.found.auc.value,
  );
  if (strongest === undefined) return "No model of this run was attacked";
  const { value, low, high } = strongest.found.auc;
  if (low <= 0.5) return "No attack tells training rows from test rows better than guessing";
  return `The strongest attack tells training rows of ${strongest.client} under ${methodLabel(strongest.method)} from test rows with an AUC of ${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}
