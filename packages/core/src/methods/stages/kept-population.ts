import { z } from "zod";
import type { ClientContext, ClientStore } from "../../federation/client-context.ts";
import { statePieces } from "../../federation/index.ts";
import type { SavedState } from "../../federation/stage.ts";
import type { WireArray } from "../../federation/types.ts";
import {
  crossDomainConfig,
  type ChunkSizes,
  type CrossDomainConfig,
  type CrossDomainLoss,
} from "../../models/cross-domain/index.ts";
import type { Population } from "../../population/index.ts";
import {
  histogramGrid,
  type HistogramGrid,
  type ItemTimes,
  type KnowledgeSettings,
  type TextWeights,
} from "../../request/index.ts";
import { checkedKept } from "./kept-file.ts";
import { textsFrom, textsToWire } from "./kept-texts.ts";

/** Under which name a party keeps what scores requests of users in several domains. */
export const POPULATION_FILE = "population";

/** When items were chosen: exactly, or as cells that were published, with the deviation of their noise. */
export type KeptTimes =
  | { readonly kind: "events"; readonly times: ItemTimes }
  | {
      readonly kind: "cells";
      readonly cells: Float32Array;
      readonly grid: HistogramGrid;
      readonly deviation: number;
    };

/** A trained model of users, its items' vectors made. */
export interface KeptUserModel {
  readonly config: CrossDomainConfig;
  readonly sizes: ChunkSizes;
  readonly loss: CrossDomainLoss;
  readonly parameters: Readonly<Record<string, Float32Array>>;
  /** [items, width]: learned vectors, wherever they come from. */
  readonly rows: Float32Array | undefined;
  /** [items, publicWidth] */
  readonly publicVectors: Float32Array | undefined;
}

/** What takes a request to scores of a domain's items. */
export interface KeptPopulation extends Pick<Population, "domains" | "itemIds" | "itemStarts"> {
  /** The last whole day with a training event. */
  readonly lastDay: number;
  /** What requests know of candidates beside a model. */
  readonly settings: KnowledgeSettings;
  /** [D, K]: what each of the numbers counts. */
  readonly weights: Float64Array;
  readonly text: TextWeights | undefined;
  readonly times: KeptTimes | undefined;
  /** Undefined where nothing is trained. */
  readonly model: KeptUserModel | undefined;
}

const count = z.number().int().nonnegative();
const number = z.number();

const sizes: z.ZodType<ChunkSizes> = z.strictObject({
  users: count.describe("that go through a program together"),
  domains: count.describe("of which each has sequences"),
  length: count.describe("of the merged sequence"),
  domainLength: count.describe("of a domain's own sequence"),
  targets: count.describe("of a user, in training"),
  own: count.describe("distinct items of a user"),
  negatives: count.describe("of a domain, in training"),
  width: count.describe("of states and vectors"),
  publicWidth: count.describe("of public vectors; 0: none"),
  learnedRows: z.boolean().describe("whether items have learned vectors"),
  profileWidth: count.describe("of users' profiles; 0: none"),
  requestNumbers: count.describe("that training reads of candidates"),
  augmented: z.boolean().describe("whether training had augmented sequences"),
});

const kept = z.strictObject({
  version: z.literal(1).describe("of this format"),
  domains: z.array(z.string()).describe("in the order of items"),
  lastDay: number.describe("the last whole day with a training event"),
  settings: z
    .strictObject({
      recency: number.describe("weight of popularity before the request"),
      text: number.describe("weight of the likeness of texts"),
      windowsDays: z.array(number).describe("in which choices are counted"),
      windowWeights: z.array(number).describe("of the windows"),
      decay: number.describe("of older texts in the history"),
    })
    .describe("what requests know of candidates"),
  terms: count.optional().describe("words of the texts"),
  cells: z
    .strictObject({
      deviation: number.describe("of the noise on every cell"),
      levels: z.array(count).describe("items of a cell"),
      days: z.array(number).describe("of a cell"),
      span: z.strictObject({ first: number, last: number }).describe("days with events"),
    })
    .optional()
    .describe("of popularity by published cells"),
  model: z
    .strictObject({
      config: crossDomainConfig.describe("its settings"),
      sizes: sizes.describe("of its programs"),
      loss: z.enum(["sampled-softmax", "bce"]).describe("how logits become probabilities"),
    })
    .optional()
    .describe("what was trained"),
});

const vector = (data: WireArray["data"]): WireArray => ({ shape: [data.length], data });

/** Keeps all that serving needs in the party's own store. */
export async function storePopulation(
  { store }: Pick<ClientContext, "store">,
  population: KeptPopulation,
): Promise<void> {
  await store.write(POPULATION_FILE, statePieces(written(population)));
}

function written({
  domains,
  itemIds,
  itemStarts,
  lastDay,
  settings: { recency, text: textWeight, windowsDays, windowWeights, decay },
  weights,
  text,
  times,
  model,
}: KeptPopulation): SavedState {
  const arrays: Record<string, WireArray> = {
    "item/ids": textsToWire(itemIds),
    itemStarts: vector(itemStarts),
    weights: vector(weights),
  };
  if (text !== undefined) {
    arrays["text/offsets"] = vector(text.offsets);
    arrays["text/terms"] = vector(text.terms);
    arrays["text/weights"] = vector(text.weights);
  }
  if (times?.kind === "events") {
    arrays["times/offsets"] = vector(times.times.offsets);
    arrays["times/days"] = vector(times.times.days);
  }
  if (times?.kind === "cells") arrays["cells"] = vector(times.cells);
  for (const [name, data] of Object.entries(model?.parameters ?? {}))
    arrays[`parameter:${name}`] = vector(data);
  if (model?.rows !== undefined) arrays["rows"] = vector(model.rows);
  if (model?.publicVectors !== undefined) arrays["public"] = vector(model.publicVectors);
  const metadata: z.input<typeof kept> = {
    version: 1,
    domains: [...domains],
    lastDay,
    settings: {
      recency,
      text: textWeight,
      windowsDays: [...windowsDays],
      windowWeights: [...windowWeights],
      decay,
    },
    ...(text && { terms: text.numTerms }),
    ...(times?.kind === "cells" && {
      cells: { deviation: times.deviation, ...cutsOf(times.grid) },
    }),
    ...(model && { model: { config: model.config, sizes: model.sizes, loss: model.loss } }),
  };
  return { arrays, metadata };
}

/** The options that a grid follows from. */
function cutsOf({ levels, span }: HistogramGrid) {
  return {
    levels: levels.map(({ items }) => items),
    days: levels.map(({ days }) => days),
    span: { ...span },
  };
}

/** Reads what `storePopulation` wrote; undefined of parties and methods that keep no such thing. */
export async function readKeptPopulation(
  store: Pick<ClientStore, "read">,
): Promise<KeptPopulation | undefined> {
  const bytes = await store.read(POPULATION_FILE);
  if (bytes === undefined) return undefined;
  const { arrays, metadata } = checkedKept(bytes, {
    schema: kept,
    what: "the file of what scores requests",
  });
  const { domains, lastDay, settings, terms, cells, model } = metadata;
  const floats = (name: string) => arrays[name]?.data as Float32Array | undefined;
  const integers = (name: string) => arrays[name]!.data as Int32Array;
  const doubles = (name: string) => arrays[name]!.data as Float64Array;
  const itemStarts = integers("itemStarts");
  const prefix = "parameter:";
  const parameters = Object.entries(arrays)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, { data }]) => [name.slice(prefix.length), data as Float32Array] as const);
  return {
    domains,
    itemIds: textsFrom(arrays["item/ids"]!),
    itemStarts,
    lastDay,
    settings,
    weights: doubles("weights"),
    text:
      terms === undefined
        ? undefined
        : {
            numTerms: terms,
            offsets: integers("text/offsets"),
            terms: integers("text/terms"),
            weights: doubles("text/weights"),
          },
    times: timesOf(),
    model: model && {
      ...model,
      parameters: Object.fromEntries(parameters),
      rows: floats("rows"),
      publicVectors: floats("public"),
    },
  };

  function timesOf(): KeptTimes | undefined {
    if (cells !== undefined) {
      const { deviation, ...cuts } = cells;
      const grid = histogramGrid({ itemStarts, ...cuts });
      return { kind: "cells", cells: floats("cells")!, grid, deviation };
    }
    if (arrays["times/days"] === undefined) return undefined;
    return {
      kind: "events",
      times: { offsets: integers("times/offsets"), days: doubles("times/days") },
    };
  }
}
