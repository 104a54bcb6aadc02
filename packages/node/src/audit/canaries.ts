import type { SplitClient } from "@atoll/core/data";
import { aucOf, canaryBound, canaryScores, logitOfLoss } from "@atoll/core/privacy";
import { streamOf } from "@atoll/core/random";
import { withCanaries, type Canaries } from "./canary-rows.ts";
import { claimOf } from "./claims.ts";
import type { CanaryResult, Claim } from "./result.ts";
import { retrain, type RetrainOptions } from "./retrain.ts";
import { trainingSeed } from "./shadows.ts";
import type { Target, TargetParty } from "./targets.ts";
import { lossesUnder } from "./trained-model.ts";

const CONFIDENCE = 0.95;

/** A promise's delta where there is none. */
export const DEFAULT_DELTA = 1e-5;

/** Why a client's rows cannot hold canaries; undefined where they can. */
export function withoutCanaries(split: SplitClient): string | undefined {
  if (split.sampling !== undefined)
    return "no canaries: rows of implicit feedback are all positive, so that none can have the other label";
  if (split.history !== undefined)
    return "no canaries: a made-up row would be in the histories of its user's other rows";
  return undefined;
}

/**
 * Trains every target once more among canaries and guesses which of them it was trained on, by how much surer it is
 * of each than the run's own model, which saw none. By method and party; nothing where all coins fell alike.
 */
export async function canaryResults(
  targets: readonly Target[],
  {
    splits,
    count,
    options,
  }: {
    readonly splits: readonly SplitClient[];
    readonly count: number;
    readonly options: RetrainOptions;
  },
): Promise<ReadonlyMap<string, ReadonlyMap<string, CanaryResult>>> {
  const { auditSeed } = options;
  const { minCount } = targets[0]!.planned.settings;
  const made = new Map(
    splits.map((split) => [
      split.client,
      withCanaries(split, {
        count,
        minCount,
        stream: streamOf(auditSeed, "canaries", split.client),
      }),
    ]),
  );
  const training = {
    seed: trainingSeed(auditSeed, "canaries", 0),
    splits: splits.map(({ client }) => made.get(client)!.split),
  };
  const promises = targets.flatMap(({ parties }) => parties.filter(({ claim }) => claim?.covers));
  const results = new Map<string, Map<string, CanaryResult>>();
  await retrain([training], options, async (_training, trained) => {
    for (const { planned, parties } of targets) {
      const method = planned.entry.name;
      const own = new Map<string, CanaryResult>();
      for (const party of parties) {
        const found = await guess(party, {
          made,
          bytes: (await trained.model(method, party.name))!,
          own: claimOf(await trained.record(method), party.name),
          tests: Math.max(1, promises.length),
        });
        if (found !== undefined) own.set(party.name, found);
      }
      results.set(method, own);
    }
  });
  return results;
}

async function guess(
  { splits, stored, claim }: TargetParty,
  {
    made,
    bytes,
    own: claimed,
    tests,
  }: {
    readonly made: ReadonlyMap<string, Canaries>;
    readonly bytes: Uint8Array;
    /** What the training among canaries promises itself. */
    readonly own: Claim | undefined;
    /** Promises that are tested: all verdicts hold together at the confidence. */
    readonly tests: number;
  },
): Promise<CanaryResult | undefined> {
  const own = splits.map(({ client }) => made.get(client)!);
  const rowsOf = (client: string) => made.get(client)!.rows;
  const after = await lossesUnder(
    { ...stored, bytes },
    own.map(({ split }) => split),
    rowsOf,
  );
  const before = await lossesUnder(
    stored,
    own.map((canaries) => canaries.before),
    rowsOf,
  );
  if (after.kind === "foreign" || before.kind === "foreign")
    throw new RangeError(`${stored.party}: its model was attacked before`);
  const known = own.flatMap(({ split, rows, isIn }) =>
    Array.from(rows, (row, i) => ({
      before: logitOfLoss(before.of.get(split.client)![i]!),
      after: logitOfLoss(after.of.get(split.client)![i]!),
      label: split.label[row]!,
      isIn: isIn[i]!,
    })).filter((canary) => !Number.isNaN(canary.after)),
  );
  const bits = Uint8Array.from(known, (canary) => canary.isIn);
  const values = canaryScores({
    before: Float64Array.from(known, (canary) => canary.before),
    after: Float64Array.from(known, (canary) => canary.after),
    labels: Float32Array.from(known, (canary) => canary.label),
  });
  const where = (bit: number) => values.filter((_, i) => bits[i] === bit);
  if (where(0).length === 0 || where(1).length === 0) return undefined;
  const delta = claim?.delta ?? DEFAULT_DELTA;
  const alone = canaryBound(values, bits, { delta, confidence: CONFIDENCE });
  const together = canaryBound(values, bits, {
    delta,
    confidence: 1 - (1 - CONFIDENCE) / tests,
  });
  return {
    canaries: alone.canaries,
    trainedOn: where(1).length,
    guesses: alone.guesses,
    correct: alone.correct,
    delta,
    ...(claimed && { promised: claimed.epsilon }),
    auc: aucOf({ members: where(1), nonMembers: where(0) }),
    epsilon: alone.epsilon,
    epsilonTogether: together.epsilon,
  };
}
