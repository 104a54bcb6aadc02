import type { SplitClient } from "@atoll/core/data";
import { membershipResult, scoresOf } from "./attack-scores.ts";
import { DEFAULT_DELTA, withoutCanaries } from "./canaries.ts";
import type { AuditedMethod, AuditResult, CanaryResult } from "./result.ts";
import type { AttackedRows } from "./rows.ts";
import type { Target } from "./targets.ts";

/** What an audit says about a method, as it comes in. */
export type Draft = AuditedMethod;

export interface DraftOptions {
  readonly rows: ReadonlyMap<string, AttackedRows>;
  /** Of the audit. */
  readonly seed: number;
}

/** A method with the attack by thresholds of the loss. */
export function draftOf(target: Target, options: DraftOptions): Draft {
  const { entry, settings } = target.planned;
  const draft: Draft = {
    kind: entry.kind,
    privacy: settings.privacy.kind,
    clients: {},
    parties: {},
    notes: [],
  };
  for (const { name, claim, losses } of target.parties) {
    draft.parties[name] = { ...(claim && { claim }) };
    for (const [client, values] of losses) {
      const threshold = membershipOf(target, client, { ...options, scores: values.map((x) => -x) });
      if (threshold === undefined)
        draft.notes.push(`${client}: fewer than two training rows, or test rows, with a label`);
      else draft.clients[client] = { threshold };
    }
  }
  return draft;
}

/** Adds the attack by likelihood ratios. */
export function addRatios(
  target: Target,
  draft: Draft,
  { ratios, ...options }: DraftOptions & { readonly ratios: ReadonlyMap<string, Float64Array> },
): void {
  for (const [client, scores] of ratios) {
    const known = draft.clients[client];
    const likelihoodRatio = membershipOf(target, client, { ...options, scores });
    if (known !== undefined && likelihoodRatio !== undefined)
      draft.clients[client] = { ...known, likelihoodRatio };
  }
}

export function addCanaries(draft: Draft, found: ReadonlyMap<string, CanaryResult>): void {
  for (const [party, own] of Object.entries(draft.parties)) {
    const canaries = found.get(party);
    if (canaries === undefined) draft.notes.push(`${party}: too few test rows to put canaries in`);
    else draft.parties[party] = { ...own, canaries };
  }
}

function membershipOf(
  target: Target,
  client: string,
  { rows, seed, scores }: DraftOptions & { readonly scores: Float64Array },
) {
  const party = target.parties.find(({ losses }) => losses.has(client))!;
  return membershipResult(scoresOf(scores, rows.get(client)!), {
    delta: party.claim?.delta ?? DEFAULT_DELTA,
    seed,
    path: [target.planned.entry.name, client],
  });
}

/** Whether shadow models can be trained; if not, the draft says why. */
export function canBeShadowed(splits: readonly SplitClient[], draft: Draft): boolean {
  const isGiven = splits.some(({ sampling }) => sampling?.draw?.kind === "given");
  if (isGiven)
    draft.notes.push(
      "no likelihood ratios: negatives are given for each training row, and test rows have none to be trained with",
    );
  return !isGiven;
}

/** Whether canaries are asked for and can be put among the rows; if they cannot, the draft says why. */
export function canHoldCanaries(
  { planned }: Target,
  draft: Draft,
  {
    splits,
    asked,
  }: { readonly splits: readonly SplitClient[]; readonly asked: number | undefined },
): boolean {
  const { privacy } = planned.settings;
  const protectsExamples = privacy.kind === "dp-sgd" && privacy.unit === "example";
  if (asked === 0 || (asked === undefined && !protectsExamples)) return false;
  const why = splits.map(withoutCanaries).find((reason) => reason !== undefined);
  if (why !== undefined) draft.notes.push(why);
  return why === undefined;
}

/**
 * Promises below what canaries show. The training among canaries had a few rows more, and may have made a step
 * more of each pass: what its own account promises counts where that is the greater, up to twice as much.
 */
export function exceededIn(methods: Readonly<Record<string, Draft>>): AuditResult["exceeded"] {
  return Object.entries(methods).flatMap(([method, { parties }]) =>
    Object.entries(parties).flatMap(([party, { claim, canaries }]) => {
      if (claim === undefined || canaries === undefined || !claim.covers) return [];
      const { epsilon } = claim;
      if (epsilon === "infinity") return [];
      const { promised: own, epsilonTogether: bound } = canaries;
      const claimed =
        typeof own === "number" ? Math.max(epsilon, Math.min(own, 2 * epsilon)) : epsilon;
      return bound <= claimed ? [] : [{ method, party, bound, claimed }];
    }),
  );
}
