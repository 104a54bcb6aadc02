import type { ClientContext } from "../../../federation/client-context.ts";
import type { Entity, EntityCodes } from "../../../federation/client-memory.ts";
import type { SavedState } from "../../../federation/stage.ts";
import type { Message, WireArray } from "../../../federation/types.ts";
import type { Encoded, QuantisationMetrics } from "../../../models/quantization/index.ts";
import { restartUnused, startFromCentres } from "./aggregate-start.ts";
import { joinedCodebook, joinRound, type Contribution, type JoinedCodebook } from "./aggregate.ts";
import { contributionOf, leaveOut } from "./levels.ts";
import { vector, wire } from "./messages.ts";
import type { MarketQuantiser } from "./quantiser.ts";
import { isRestart, joinOptions, keeperStream } from "./server.ts";
import type { FedMmConfig } from "../config.ts";

/** One entity's quantiser at a party, with everything that its exchanges change. */
export interface CodebookParty {
  /** Writes what the server gave, and starts local levels that can be started. */
  readonly receive: (request: Message, signal?: AbortSignal) => Promise<void>;
  /** What the party sends for a federated level to start from. */
  readonly groups: (level: number, signal?: AbortSignal) => Promise<Contribution>;
  /** Passes of a round, then what to send of every federated level; local ones are joined on the spot. */
  readonly train: (
    round: number,
    betweenPasses: (share: number) => Promise<void>,
  ) => Promise<{
    readonly metrics: QuantisationMetrics;
    readonly sent: ReadonlyMap<number, Contribution>;
  }>;
  /** The last passes, with federated rows and the first level as they are; then codes. */
  readonly finish: (betweenPasses: (share: number) => Promise<void>) => Promise<{
    readonly metrics: QuantisationMetrics;
    readonly codes: EntityCodes;
  }>;
  /** Encoder and decoder, live. */
  readonly network: Float32Array;
  readonly numEntities: number;
  /** Reconstruction errors, by round so far. */
  readonly errors: readonly number[];
  readonly save: () => SavedState;
  readonly load: (state: SavedState) => void;
  readonly close: () => Promise<void>;
}

export function codebookParty(
  context: Pick<ClientContext, "seed">,
  config: FedMmConfig,
  given: {
    readonly entity: Entity;
    /** The entities that have vectors, of how many in all, number 0 included. */
    readonly entities: Int32Array;
    readonly numEntities: number;
    readonly quantiser: MarketQuantiser;
  },
): CodebookParty {
  const { codebooks } = config;
  const { levels, width, localEpochs, finalEpochs, rounds, privacy } = codebooks;
  const { entity, entities, quantiser } = given;
  const { rqVae, numCodes, numEntities } = quantiser;
  const isEmpty = numEntities === 0;
  const errors: number[] = [];
  /** Rows as the last exchange left them, and of local levels their moving averages. */
  const joined: (JoinedCodebook | undefined)[] = levels.map(() => undefined);

  const put = (level: number, codebook: JoinedCodebook): void => {
    joined[level] = codebook;
    rqVae.codebooks[level]!.rows.set(codebook.rows);
  };

  const encode = async (): Promise<{ encoded: Encoded; metrics: QuantisationMetrics }> =>
    isEmpty ? nothingEncoded(levels.length) : quantiser.encode();

  return {
    numEntities,
    errors,
    network: rqVae.network,
    receive: async (request, signal) => {
      const network = request.arrays[wire.network(entity)];
      if (network !== undefined) rqVae.network.set(network.data);
      for (const [level, kind] of levels.entries()) {
        if (kind === "global") {
          const rows = request.arrays[wire.rows(entity, level)]?.data;
          if (rows === undefined) return;
          put(level, joinedCodebook((rows as Float32Array).slice(), numCodes[level]!));
        } else if (joined[level] === undefined) {
          // A level can start once those before it have; a party that joins late starts it then.
          const centres = await quantiser.groups(level, signal);
          const random = keeperStream.start(context.seed, entity, level);
          const start = { numCodes: numCodes[level]!, width, clientWeight: codebooks.clientWeight };
          put(level, await startFromCentres([centres], { ...start, random }));
        }
      }
    },
    groups: async (level, signal) => {
      const { rows, counts } = await quantiser.groups(level, signal);
      leaveOut({ counts: counts!, sums: rows! }, codebooks.minimumCount, width);
      return { rows: rows!, counts: counts!, numEntities };
    },
    train: async (round, betweenPasses) => {
      for (const codebook of rqVae.codebooks) codebook.isFixed = codebooks.aggregation === "sums";
      for (let epoch = 0; epoch < localEpochs; epoch++) {
        await betweenPasses(epoch / localEpochs);
        if (!isEmpty) await quantiser.pass(round * localEpochs + epoch);
      }
      const { encoded, metrics } = await encode();
      errors.push(metrics.reconstruction);
      const sent = new Map<number, Contribution>();
      levels.forEach((kind, level) => {
        const isGlobal = kind === "global";
        const codebook = joined[level]!;
        const contribution = contributionOf(encoded, level, {
          aggregation: codebooks.aggregation,
          numEntities,
          width,
          received: codebook.rows,
          trained: rqVae.codebooks[level]!.rows,
          // With noise the server's side of it applies to what is noisy already.
          minimumCount: isGlobal && privacy === undefined ? codebooks.minimumCount : 0,
          longest: isGlobal ? privacy?.clipNorm : undefined,
        });
        if (isGlobal) sent.set(level, contribution);
        else {
          const uses = joinRound(codebook, [contribution], joinOptions(codebooks));
          if (isRestart(codebooks, round))
            restartUnused(codebook, uses, keeperStream.restart(context.seed, entity, level, round));
          rqVae.codebooks[level]!.rows.set(codebook.rows);
        }
      });
      return { metrics, sent };
    },
    finish: async (betweenPasses) => {
      rqVae.codebooks.forEach((codebook, level) => {
        codebook.isFixed = levels[level] === "global" || level === 0;
      });
      for (let epoch = 0; epoch < finalEpochs; epoch++) {
        await betweenPasses(epoch / finalEpochs);
        if (!isEmpty) await quantiser.pass(rounds * localEpochs + epoch);
      }
      const { encoded, metrics } = await encode();
      errors.push(metrics.reconstruction);
      const codes = new Int32Array(given.numEntities * levels.length).fill(-1);
      entities.forEach((e, i) => {
        const own = encoded.codes.subarray(i * levels.length, (i + 1) * levels.length);
        codes.set(own, e * levels.length);
      });
      return {
        metrics,
        codes: {
          entity,
          width,
          codes,
          levels: levels.map((kind, level) => ({
            kind,
            numCodes: numCodes[level]!,
            rows: rqVae.codebooks[level]!.rows.slice(),
          })),
        },
      };
    },
    save: () => ({
      arrays: {
        ...Object.fromEntries(
          Object.entries(rqVae.arrays).map(([name, data]) => [`rq-vae/${name}`, vector(data)]),
        ),
        ...Object.fromEntries(
          joined.flatMap((codebook, level): (readonly [string, WireArray])[] =>
            codebook === undefined
              ? []
              : (["rows", "counts", "sums"] as const).map((name) => [
                  `joined/${level}/${name}`,
                  { shape: [codebook[name].length], data: codebook[name] },
                ]),
          ),
        ),
      },
      metadata: {
        steps: rqVae.steps,
        errors: [...errors],
        joins: joined.map((codebook) => codebook?.joins ?? null),
      },
    }),
    load: (state) => {
      for (const [name, array] of Object.entries(rqVae.arrays))
        array.set(state.arrays[`rq-vae/${name}`]!.data);
      rqVae.steps = state.metadata["steps"] as number;
      errors.splice(0, errors.length, ...(state.metadata["errors"] as number[]));
      (state.metadata["joins"] as (number | null)[]).forEach((joins, level) => {
        const read = (name: string) => state.arrays[`joined/${level}/${name}`]!.data.slice();
        joined[level] =
          joins === null
            ? undefined
            : {
                rows: read("rows") as Float32Array,
                counts: read("counts") as Float64Array,
                sums: read("sums") as Float64Array,
                joins,
              };
      });
    },
    close: () => rqVae.close(),
  };
}

/** Of a party none of whose entities has a training positive. */
function nothingEncoded(levels: number): { encoded: Encoded; metrics: QuantisationMetrics } {
  const zeros = Array.from({ length: levels }, () => 0);
  return {
    encoded: {
      codes: new Int32Array(0),
      residuals: zeros.map(() => new Float32Array(0)),
      restored: new Float32Array(0),
    },
    metrics: {
      usage: zeros,
      perplexity: zeros,
      collisionRate: 0,
      reconstruction: 0,
      commitment: 0,
    },
  };
}
