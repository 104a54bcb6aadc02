import type { Entity } from "../../../federation/client-memory.ts";
import type { ServerContext, StageServer } from "../../../federation/stage.ts";
import type { Message, WireArray } from "../../../federation/types.ts";
import { streamOf } from "../../../random/index.ts";
import { drawnCodebook, restartUnused, startFromCentres } from "./aggregate-start.ts";
import {
  joinRound,
  marketShares,
  type AggregateOptions,
  type Contribution,
  type JoinedCodebook,
} from "./aggregate.ts";
import {
  arrayOf,
  CODEBOOK_STAGE,
  isSent,
  matrix,
  phasesOf,
  vector,
  wire,
  type CodebookReply,
} from "./messages.ts";
import type { CodebooksConfig, FedMmConfig } from "../config.ts";

type Replies = ReadonlyMap<string, Message>;

/** How a round of a codebook is joined: by the server, and by a market of its own local levels. */
export function joinOptions(codebooks: CodebooksConfig): AggregateOptions {
  const { aggregation, clientWeight, decay } = codebooks;
  return { aggregation, clientWeight, decay };
}

/** Whether unused rows are restarted after a round: not after the last, for nothing would train them. */
export function isRestart({ restartEvery, rounds }: CodebooksConfig, round: number): boolean {
  return restartEvery > 0 && (round + 1) % restartEvery === 0 && round + 1 < rounds;
}

/** Streams of the codebook's keeper: the server's, or a market's for a level of its own. */
export const keeperStream = {
  start: (seed: number, entity: Entity, level: number) =>
    streamOf(seed, "codebook", entity, "start", level),
  restart: (seed: number, entity: Entity, level: number, round: number) =>
    streamOf(seed, "codebook", entity, "restart", level, round),
};

export function codebookServer(context: ServerContext, config: FedMmConfig): StageServer {
  const { codebooks, alignment } = config;
  const { entities, levels, width, codes, privacy } = codebooks;
  const phases = phasesOf(config);
  const globals = entities.flatMap((entity) =>
    levels.flatMap((kind, level) => (kind === "global" ? [{ entity, level }] : [])),
  );
  const joined = new Map<string, JoinedCodebook>();
  /** Joined networks by array name. */
  const networks = new Map<string, Float32Array>();
  let at = 0;

  const options: AggregateOptions = {
    ...joinOptions(codebooks),
    ...(privacy && { longest: privacy.clipNorm, deviation: privacy.noiseMultiplier }),
  };

  const arrays = (): Record<string, WireArray> => ({
    ...Object.fromEntries([...joined].map(([name, { rows }]) => [name, matrix(rows, width)])),
    ...Object.fromEntries([...networks].map(([name, data]) => [name, vector(data)])),
  });

  const contributions = (
    replies: Replies,
    { entity, level }: (typeof globals)[number],
    sent: { readonly rows: boolean; readonly counts: boolean; readonly sums: boolean },
  ): Contribution[] =>
    [...replies].map(([client, message]) => {
      const read = (name: string, length: number) => arrayOf(client, message, name, length);
      const counts = sent.counts ? read(wire.counts(entity, level), codes) : undefined;
      return {
        ...(sent.rows && { rows: read(wire.rows(entity, level), codes * width) }),
        ...(sent.sums && { sums: read(wire.sums(entity, level), codes * width) }),
        ...(counts && { counts }),
        numEntities: sizeOf(message, entity, counts),
      };
    });

  const start = async (level: number, replies: Replies): Promise<void> => {
    for (const which of globals) {
      const { entity } = which;
      if (which.level !== level) continue;
      const random = keeperStream.start(context.seed, entity, level);
      const centres = { rows: true, counts: true, sums: false };
      joined.set(
        wire.rows(entity, level),
        privacy
          ? drawnCodebook(codes, width, privacy.clipNorm / 2, random)
          : await startFromCentres(contributions(replies, which, centres), {
              numCodes: codes,
              width,
              clientWeight: codebooks.clientWeight,
              random,
            }),
      );
    }
  };

  const train = (round: number, replies: Replies): void => {
    if (replies.size === 0) return;
    const sent = {
      rows: isSent(config, "rows"),
      counts: isSent(config, "counts"),
      sums: isSent(config, "sums"),
    };
    for (const which of globals) {
      const { entity, level } = which;
      const codebook = joined.get(wire.rows(entity, level))!;
      const uses = joinRound(codebook, contributions(replies, which, sent), options);
      if (isRestart(codebooks, round))
        restartUnused(codebook, uses, keeperStream.restart(context.seed, entity, level, round));
    }
    if (alignment.share === "codebook+network")
      for (const entity of entities) joinNetworks(replies, entity);
  };

  /** The mean of whole networks, each market by what all its entities count together. */
  const joinNetworks = (replies: Replies, entity: Entity): void => {
    const name = wire.network(entity);
    const given = [...replies];
    const sizes = given.map(([, message]) =>
      sizeOf(message, entity, message.arrays[wire.counts(entity, levels.indexOf("global"))]?.data),
    );
    const shares = marketShares(sizes, codebooks.clientWeight);
    const [, first] = given[0]!;
    const length = first.arrays[name]?.data.length ?? 0;
    const read = given.map(([client, message]) => arrayOf(client, message, name, length));
    const mean = new Float64Array(length);
    read.forEach((data, m) => data.forEach((value, i) => (mean[i]! += shares[m]! * value)));
    networks.set(name, Float32Array.from(mean));
  };

  return {
    next: () => {
      const phase = phases[at];
      if (phase === undefined) return undefined;
      const request: Message = {
        kind: phase.kind,
        stage: CODEBOOK_STAGE,
        round: at,
        arrays: arrays(),
        metadata: {},
      };
      return new Map(context.clients.map((client) => [client, request]));
    },
    receive: async (replies) => {
      const phase = phases[at]!;
      if (phase.kind === "start") await start(phase.level, replies);
      if (phase.kind === "train") train(phase.round, replies);
      at += 1;
    },
    save: () => ({
      arrays: {
        ...Object.fromEntries(
          [...joined].flatMap(([name, { rows, counts, sums }]) => [
            [name, vector(rows)],
            [`counts/${name}`, { shape: [counts.length], data: counts }],
            [`sums/${name}`, { shape: [sums.length], data: sums }],
          ]),
        ),
        ...Object.fromEntries(
          [...networks].map(([name, data]) => [`network/${name}`, vector(data)]),
        ),
      },
      metadata: {
        at,
        joins: Object.fromEntries([...joined].map(([name, { joins }]) => [name, joins])),
        networks: [...networks.keys()],
      },
    }),
    load: (state) => {
      at = state.metadata["at"] as number;
      const joins = state.metadata["joins"] as Record<string, number>;
      for (const [name, count] of Object.entries(joins)) {
        const read = (key: string) => state.arrays[key]!.data;
        joined.set(name, {
          rows: read(name).slice() as Float32Array,
          counts: read(`counts/${name}`).slice() as Float64Array,
          sums: read(`sums/${name}`).slice() as Float64Array,
          joins: count,
        });
      }
      for (const name of state.metadata["networks"] as string[])
        networks.set(name, state.arrays[`network/${name}`]!.data.slice() as Float32Array);
    },
    result: () => ({ arrays: arrays(), metadata: {} }),
  };
}

/** A market's entities as it says, or as its noisy counts do. */
function sizeOf(message: Message, entity: Entity, counts?: ArrayLike<number>): number {
  const said = (message.metadata as CodebookReply).entities[entity]?.numEntities;
  if (said !== undefined) return said;
  let total = 0;
  if (counts !== undefined) for (let k = 0; k < counts.length; k++) total += counts[k]!;
  return Math.max(1, total);
}
