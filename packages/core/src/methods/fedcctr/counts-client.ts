import type { ClientContext } from "../../federation/client-context.ts";
import type { StageClient } from "../../federation/stage.ts";
import type { Message } from "../../federation/types.ts";
import {
  histogramGrid,
  histogramSum,
  recencyFromCells,
  type HistogramGrid,
} from "../../request/index.ts";
import type { MethodSettings } from "../types.ts";
import { clientEvents, type ShardClients } from "./client-events.ts";
import type { FedcctrSettings } from "./config.ts";
import { cellClip, cellsProtectionOf } from "./privacy/histogram.ts";
import { peopleOf, type People } from "./people.ts";

/** The stage's name, in messages and accounts. */
export const STAGE = "counts";
/** Where a party keeps published cells. */
const FILE = "popularity-cells";

/** The cells that all parties agree on: they follow from items, and from the first and the last training day. */
export function gridOf(
  { population: { itemStarts }, events: { days } }: People,
  { levels, days: binDays }: NonNullable<FedcctrSettings["histogram"]>,
): HistogramGrid {
  let first = Infinity;
  let last = -Infinity;
  for (const day of days) {
    first = Math.min(first, day);
    last = Math.max(last, day);
  }
  return histogramGrid({ itemStarts, levels, days: binDays, span: { first, last } });
}

/** Counts its clients' events, and reads popularity from what is published of all counts. */
export async function histogramClient(
  context: ClientContext,
  {
    settings,
    config,
    clientsOf,
  }: {
    readonly settings: MethodSettings;
    readonly config: FedcctrSettings;
    readonly clientsOf: (context: ClientContext) => ShardClients;
  },
): Promise<StageClient> {
  const people = peopleOf(context);
  const { request } = config;
  const histogram = config.histogram!;
  const grid = gridOf(people, histogram);
  const kept = await context.store.read(FILE);
  let deviation: number | undefined;

  const count = async () => {
    const shard = clientsOf(context);
    const { itemStarts } = people.population;
    const sumOf = (numbers: Int32Array): Float64Array =>
      histogramSum(
        clientEvents(people.events, { ...shard, numbers }, { most: histogram.events, itemStarts }),
        grid,
        { bound: cellClip(config) },
      );
    return cellsProtectionOf(context, { config, settings }).release(shard.numbers, sumOf);
  };
  const take = (cells: Float32Array, noise: number): void => {
    deviation = noise;
    context.memory.recency = recencyFromCells(cells, grid, { ...request, deviation: noise });
  };

  return {
    handle: async ({ kind, round, arrays, metadata }): Promise<Message> => {
      if (kind === "count") {
        const { cells, clients } = await count();
        return {
          kind: "counted",
          stage: STAGE,
          round,
          arrays: { cells: { shape: [cells.length], data: cells } },
          metadata: { clients },
        };
      }
      const cells = Float32Array.from(arrays["cells"]!.data);
      await context.store.write(FILE, [new Uint8Array(cells.buffer)]);
      take(cells, metadata["deviation"] as number);
      return { kind: "published", stage: STAGE, round, arrays: {}, metadata: {} };
    },
    save: () => ({ arrays: {}, metadata: deviation === undefined ? {} : { deviation } }),
    load: ({ metadata }) => {
      if (metadata["deviation"] === undefined) return;
      if (kept === undefined) throw new RangeError(`the file ${FILE} of a checkpoint is gone`);
      take(new Float32Array(new Uint8Array(kept).buffer), metadata["deviation"] as number);
    },
    close: async () => {},
  };
}
