import type { z } from "zod";
import {
  encode,
  FIRST_VALUE_ROW,
  rowsOfFeature,
  syntheticCommon,
  type SplitClient,
  type TrainingData,
} from "../../../data/index.ts";
import type { ClientContext } from "../../../federation/client-context.ts";
import type {
  CollaborativeVectors,
  Entity,
  EntityCodes,
} from "../../../federation/client-memory.ts";
import type { Factors } from "../../../models/collaborative/index.ts";
import { normal, streamOf, uniformBelow } from "../../../random/index.ts";
import { evaluateStage } from "../../stages/evaluate.ts";
import { trainStage } from "../../stages/train.ts";
import { emptyContext, marketsOf, runInMarkets, settingsOf } from "../../two-markets.fixture.ts";
import { fedmmAugmentation } from "./augmentation.ts";
import { fedmmConfig, type channelsConfig, type FedMmConfig } from "../config.ts";
import { fedmmSharing } from "./sharing.ts";

/** Six codes a level; what a test leaves open is off. */
export function configOf(
  channels: z.input<typeof channelsConfig> = {},
  codebooks: Partial<FedMmConfig["codebooks"]> = {},
): FedMmConfig {
  return fedmmConfig.parse({
    kind: "fedmm",
    codebooks: {
      entities: ["item", "user"],
      codes: 6,
      localCodes: 6,
      width: 4,
      ...codebooks,
    },
    channels: { embeddings: "local", head: "none", scores: "none", ...channels },
  });
}

export function dataOf(split: SplitClient): TrainingData {
  return encode([split], { minCount: 1, common: syntheticCommon }).data;
}

/** Drawn vectors, with a fold for every pair that training holds. */
export function vectorsOf(split: SplitClient, numFolds: number): CollaborativeVectors {
  const data = dataOf(split);
  const { train, schema, negatives } = data;
  const numRows = train.rows.numRows;
  const every = { ...train, numRows, at: Int32Array.from({ length: numRows }, (_, row) => row) };
  const numbers = (feature: string) => rowsOfFeature(every, schema, feature).map((row) => row - 1);
  const count = (feature: string) =>
    schema.categorical.find(({ name }) => name === feature)!.numRows - 1;
  const [userOfRow, itemOfRow] = [numbers("user"), numbers("item")];
  const [numUsers, numItems] = [count("user"), count("item")];
  const foldOfRow = new Int8Array(numRows).fill(-1);
  for (const row of train.at)
    foldOfRow[row] = (userOfRow[row]! * 7 + itemOfRow[row]! * 3) % numFolds;
  const counts = (of: Int32Array, length: number) => {
    const sums = new Int32Array(length);
    train.at.forEach((row, i) => (sums[of[row]!]! += train.label[i]!));
    return sums.fill(0, 0, 1);
  };
  const width = 5;
  const factorsOf = (model: string): Factors => {
    const stream = streamOf(1, split.client, "vectors", model);
    const draw = (length: number) => Float32Array.from({ length }, () => normal(stream));
    return {
      width,
      users: draw(numUsers * width),
      items: draw(numItems * width),
      bias: draw(numItems),
    };
  };
  // `item` is the first of the item columns category, brand and itself: the schema's order.
  const itemColumns = schema.categorical.filter(({ of }) => of === "item").map(({ name }) => name);
  const column = itemColumns.indexOf("item");
  return {
    factors: factorsOf("full"),
    folds: numFolds === 1 ? [] : Array.from({ length: numFolds }, (_, f) => factorsOf(`fold ${f}`)),
    foldOfRow,
    userOfRow,
    itemOfRow,
    itemOfPool: (negatives?.pools ?? []).map((pool) =>
      Int32Array.from(
        { length: pool.numItems },
        (_, i) => pool.categorical[i * itemColumns.length + column]! - 1,
      ),
    ),
    itemCounts: counts(itemOfRow, numItems),
    userCounts: counts(userOfRow, numUsers),
    itemValues: Array.from({ length: numItems - 1 }, (_, i) => `${split.client}-i${i}`),
    userValues: Array.from({ length: numUsers - 1 }, (_, u) => `${split.client}-u${u}`),
  };
}

/** Drawn codes: global rows are the same in all markets. */
export function codesOf(
  split: SplitClient,
  config: FedMmConfig,
  { itemCounts, userCounts }: CollaborativeVectors,
): EntityCodes[] {
  const { width, codes: numCodes, levels } = config.codebooks;
  return config.codebooks.entities.map((entity: Entity): EntityCodes => {
    const counts = entity === "item" ? itemCounts : userCounts;
    const stream = streamOf(2, split.client, "codes", entity);
    const codes = new Int32Array(counts.length * levels.length);
    for (let i = 0; i < codes.length; i++)
      codes[i] = counts[Math.trunc(i / levels.length)] === 0 ? -1 : uniformBelow(stream, numCodes);
    return {
      entity,
      width,
      codes,
      levels: levels.map((kind, level) => {
        const owner = kind === "global" ? "all" : split.client;
        const rows = streamOf(2, owner, "rows", entity, level);
        return {
          kind,
          numCodes,
          rows: Float32Array.from({ length: numCodes * width }, () => normal(rows)),
        };
      }),
    };
  });
}

export function contextOf(split: SplitClient, config: FedMmConfig): ClientContext {
  const { scores } = config.channels;
  const collaborative = vectorsOf(split, scores === "none" ? 1 : scores.folds);
  const codes = codesOf(split, config, collaborative);
  return { ...emptyContext(split), memory: { collaborative, codes } };
}

interface RunOptions {
  readonly config: FedMmConfig;
  readonly feedback?: "explicit" | "implicit";
  /** Stops after the first round and goes on with fresh clients. */
  readonly interrupted?: boolean;
  readonly adapt?: (context: ClientContext) => void;
}

/** Trains and measures the click model in both markets, in-process. */
export async function runClickModel({ config, feedback, interrupted, adapt }: RunOptions) {
  const settings = settingsOf();
  const contexts = marketsOf(feedback ?? "explicit").map((split) => contextOf(split, config));
  for (const context of contexts) adapt?.(context);
  const stages = () => [
    trainStage(settings, fedmmSharing(config), fedmmAugmentation(config)),
    evaluateStage(settings),
  ];
  return { contexts, ...(await runInMarkets(stages, contexts, interrupted)) };
}

/** The rows of codes alone, from a table whose first two rows are padding and unknown. */
export function codeRows(rows: Float32Array, width: number): Float32Array {
  return rows.slice(FIRST_VALUE_ROW * width);
}
