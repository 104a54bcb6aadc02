import type { SplitClient } from "@atoll/core/data";
import { likelihoodRatio, logitOfLoss } from "@atoll/core/privacy";
import { streamOf, uniformBelow } from "@atoll/core/random";
import { retrain, type RetrainOptions, type Training } from "./retrain.ts";
import { allRows, randomHalves, union, withParts, type AttackedRows } from "./rows.ts";
import type { Target } from "./targets.ts";
import { lossesUnder } from "./trained-model.ts";

/**
 * Trainings on random halves of every client's training and test rows together: two at a time share a cut, so that
 * each row is in exactly half of them.
 */
export function shadowTrainings(
  splits: readonly SplitClient[],
  { count, auditSeed }: { readonly count: number; readonly auditSeed: number },
): Training[] {
  const trainings: Training[] = [];
  for (let pair = 0; pair < count / 2; pair++) {
    const halves = splits.map((split) =>
      randomHalves(
        union(split.train, split.test),
        streamOf(auditSeed, "shadow halves", pair, split.client),
      ),
    );
    for (const side of [0, 1] as const)
      trainings.push({
        seed: trainingSeed(auditSeed, "shadow", 2 * pair + side),
        splits: splits.map((split, s) =>
          withParts(split, { train: halves[s]![side], test: halves[s]![1 - side]! }),
        ),
      });
  }
  return trainings;
}

/** A seed that no other training of the audit has, and hardly any run. */
export function trainingSeed(auditSeed: number, purpose: string, index: number): number {
  return uniformBelow(streamOf(auditSeed, "training", purpose, index), 2 ** 31);
}

/** By method and client: the likelihood ratios of its attacked rows, members first. */
export async function likelihoodRatios(
  targets: readonly Target[],
  {
    trainings,
    rows,
    options,
  }: {
    readonly trainings: readonly Training[];
    readonly rows: ReadonlyMap<string, AttackedRows>;
    readonly options: RetrainOptions;
  },
): Promise<ReadonlyMap<string, ReadonlyMap<string, Float64Array>>> {
  const logits = new Map<string, Float64Array[]>();
  const isIn = new Map<string, Uint8Array[]>();
  const push = <T>(map: Map<string, T[]>, key: string, value: T) =>
    map.set(key, [...(map.get(key) ?? []), value]);
  await retrain(trainings, options, async ({ splits }, trained) => {
    for (const split of splits) {
      const trainedOn = new Set(split.train);
      const bits = Uint8Array.from(allRows(rows.get(split.client)!), (row) =>
        Number(trainedOn.has(row)),
      );
      push(isIn, split.client, bits);
    }
    for (const { planned, parties } of targets)
      for (const { name, stored, splits: own } of parties) {
        const method = planned.entry.name;
        const bytes = (await trained.model(method, name))!;
        const ofParty = splits.filter(({ client }) => own.some((mine) => mine.client === client));
        const losses = await lossesUnder({ ...stored, bytes }, ofParty, (client) =>
          allRows(rows.get(client)!),
        );
        if (losses.kind === "foreign") throw new RangeError(`${method}: ${losses.why}`);
        for (const [client, values] of losses.of)
          push(logits, key(method, client), values.map(logitOfLoss));
      }
  });
  return new Map(
    targets.map(({ planned, parties }) => {
      const method = planned.entry.name;
      const ofClients = parties.flatMap(({ losses }) =>
        [...losses].map(([client, values]) => {
          const shadows = { logits: logits.get(key(method, client))!, isIn: isIn.get(client)! };
          const ratios = likelihoodRatio(values.map(logitOfLoss), shadows, {
            variance: trainings.length < OWN_VARIANCES ? "pooled" : "own",
            variant: "online",
          });
          return [client, ratios] as const;
        }),
      );
      return [method, new Map(ofClients)] as const;
    }),
  );
}

/** Shadow models from which on each row has a variance of its own (Carlini et al. 2022, section VI). */
const OWN_VARIANCES = 64;

function key(method: string, client: string): string {
  return JSON.stringify([method, client]);
}
