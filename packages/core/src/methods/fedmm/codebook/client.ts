import type { ClientContext } from "../../../federation/client-context.ts";
import type { Entity, EntityCodes } from "../../../federation/client-memory.ts";
import type { SavedState, StageClient } from "../../../federation/stage.ts";
import type { Message, WireArray } from "../../../federation/types.ts";
import { AtollError } from "../../../errors/index.ts";
import { pause } from "../../../models/collaborative/pause.ts";
import type { QuantisationMetrics } from "../../../models/quantization/index.ts";
import { storeCodes } from "./keep.ts";
import { CODEBOOK_STAGE, matrix, phasesOf, vector, wire, type CodebookReply } from "./messages.ts";
import { leaveOut } from "./levels.ts";
import { noisySums, type LevelSums } from "./noise.ts";
import { codebookParty, type CodebookParty } from "./party.ts";
import { createMarketQuantiser } from "./quantiser.ts";
import type { FedMmConfig } from "../config.ts";
import { entityVectors } from "./entity-vectors.ts";
import { itemTexts } from "./item-words.ts";

export async function codebookClient(
  context: ClientContext,
  config: FedMmConfig,
): Promise<StageClient> {
  const { entities, width, privacy } = config.codebooks;
  const phases = phasesOf(config);
  const parties = new Map<Entity, CodebookParty>();
  const noise = privacy && (await noisySums(context, config.codebooks));
  /** What a resumed run goes on from; read when the first request arrives. */
  let pending: SavedState | undefined;

  const collaborative = () => {
    const { collaborative: vectors } = context.memory;
    if (vectors === undefined)
      throw new AtollError(
        "MESSAGE_UNDECLARED",
        `client "${context.name}": codebooks are asked for before collaborative vectors were made; the server runs another method`,
      );
    return vectors;
  };

  const open = async (entity: Entity): Promise<CodebookParty> => {
    const known = parties.get(entity);
    if (known !== undefined) return known;
    const source = collaborative();
    const { text } = config.alignment;
    const prepared = entityVectors(source, entity, {
      alignment: config.alignment,
      texts:
        text && entity === "item"
          ? itemTexts(context.splits, text.feature, source.itemValues)
          : undefined,
    });
    const quantiser = await createMarketQuantiser({
      config,
      entity,
      given: prepared,
      executor: context.executor,
      seed: context.seed,
      client: context.name,
    });
    const party = codebookParty(context, config, { entity, ...prepared, quantiser });
    const saved = pending && partOf(pending, entity);
    if (saved !== undefined) party.load(saved);
    parties.set(entity, party);
    return party;
  };

  /** A record of numbers by entity, none of them where they would need noise. */
  const metadata = (of: (entity: Entity) => CodebookReply["entities"][Entity]): CodebookReply => ({
    entities: privacy ? {} : Object.fromEntries(entities.map((entity) => [entity, of(entity)])),
  });

  const measured = (party: CodebookParty, metrics: QuantisationMetrics) => ({
    numEntities: party.numEntities,
    reconstruction: metrics.reconstruction,
    commitment: metrics.commitment,
    perplexity: [...metrics.perplexity],
  });

  const answer = async (request: Message, signal?: AbortSignal) => {
    const phase = phases[request.round]!;
    const arrays: Record<string, WireArray> = {};
    const progress = (i: number) => async (share: number) => {
      await pause(signal);
      context.onProgress?.({ work: "training", share: (i + share) / entities.length });
    };
    const all = new Map<Entity, QuantisationMetrics>();
    const codes: EntityCodes[] = [];
    const noisy: LevelSums[] = [];
    for (const [i, entity] of entities.entries()) {
      const party = await open(entity);
      await party.receive(request, signal);
      if (phase.kind === "start") {
        if (config.codebooks.levels[phase.level] === "local" || privacy) continue;
        const { rows, counts } = await party.groups(phase.level, signal);
        arrays[wire.rows(entity, phase.level)] = matrix(rows!, width);
        arrays[wire.counts(entity, phase.level)] = vector(counts!);
      } else if (phase.kind === "train") {
        const { metrics, sent } = await party.train(phase.round, progress(i));
        all.set(entity, metrics);
        for (const [level, { rows, counts, sums }] of sent) {
          if (privacy) noisy.push({ entity, level, sums: sums! as Float64Array, counts: counts! });
          else {
            if (rows) arrays[wire.rows(entity, level)] = matrix(rows, width);
            if (counts) arrays[wire.counts(entity, level)] = vector(counts);
            if (sums) arrays[wire.sums(entity, level)] = matrix(sums as Float32Array, width);
          }
        }
        if (config.alignment.share === "codebook+network")
          arrays[wire.network(entity)] = vector(party.network.slice());
      } else {
        const done = await party.finish(progress(i));
        all.set(entity, done.metrics);
        codes.push(done.codes);
      }
    }
    if (noise && noisy.length > 0 && phase.kind === "train")
      for (const { entity, level, sums, counts } of await noise.release(phase.round, noisy)) {
        // Of noise around 0 one half is negative: without a minimum all stays as it is.
        const { minimumCount } = config.codebooks;
        if (minimumCount > 0) leaveOut({ counts, sums }, minimumCount, width);
        arrays[wire.sums(entity, level)] = matrix(sums, width);
        arrays[wire.counts(entity, level)] = vector(counts);
      }
    if (phase.kind === "finish") {
      context.memory.codes = codes;
      await storeCodes(context, config, {
        codes,
        releases: noise?.releases ?? [],
        metrics: all,
        errors: new Map([...parties].map(([entity, { errors }]) => [entity, errors])),
      });
    }
    return {
      kind: { start: "started", train: "trained", finish: "finished" }[phase.kind],
      arrays,
      metadata: metadata((entity) => {
        const party = parties.get(entity)!;
        const metrics = all.get(entity);
        return metrics ? measured(party, metrics) : { numEntities: party.numEntities };
      }),
    };
  };

  return {
    handle: async (request, signal) => {
      const phase = phases[request.round];
      if (phase?.kind !== request.kind)
        throw new AtollError(
          "MESSAGE_UNDECLARED",
          `client "${context.name}": "${request.kind}" came as exchange ${request.round}, which is ${phase ? `"${phase.kind}"` : "none"}; server and client have different settings`,
        );
      const reply = await answer(request, signal);
      pending = undefined;
      return { ...reply, stage: CODEBOOK_STAGE, round: request.round };
    },
    save: () => {
      if (pending !== undefined) return pending;
      const arrays: Record<string, WireArray> = {};
      const saved: Record<string, unknown> = {};
      for (const [entity, party] of parties) {
        const state = party.save();
        for (const [name, array] of Object.entries(state.arrays))
          arrays[`${entity}/${name}`] = array;
        saved[entity] = state.metadata;
      }
      const { codes } = context.memory;
      codes?.forEach(({ entity, codes: own, levels }) => {
        arrays[`codes/${entity}`] = { shape: [own.length], data: own };
        levels.forEach(({ rows }, level) => (arrays[`rows/${entity}/${level}`] = vector(rows)));
      });
      return {
        arrays,
        metadata: {
          parties: saved,
          codes:
            codes?.map(({ entity, levels, width: wide }) => ({
              entity,
              width: wide,
              levels: levels.map(({ kind, numCodes }) => ({ kind, numCodes })),
            })) ?? [],
        },
      };
    },
    load: (state) => {
      pending = state;
      const codes = (state.metadata["codes"] as SavedCodes[]).map(
        ({ entity, width: wide, levels }) => ({
          entity,
          width: wide,
          codes: state.arrays[`codes/${entity}`]!.data.slice() as Int32Array,
          levels: levels.map(({ kind, numCodes }, level) => ({
            kind,
            numCodes,
            rows: state.arrays[`rows/${entity}/${level}`]!.data.slice() as Float32Array,
          })),
        }),
      );
      if (codes.length > 0) context.memory.codes = codes;
    },
    close: async () => {
      for (const party of parties.values()) await party.close();
    },
  };
}

interface SavedCodes {
  readonly entity: Entity;
  readonly width: number;
  readonly levels: readonly { readonly kind: "global" | "local"; readonly numCodes: number }[];
}

/** What `save` kept of one entity, if it had begun. */
function partOf({ arrays, metadata }: SavedState, entity: Entity): SavedState | undefined {
  const parties = metadata["parties"] as Partial<Record<Entity, Record<string, unknown>>>;
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(`${entity}/`));
  return (
    parties[entity] && {
      arrays: Object.fromEntries(
        own.map(([name, array]) => [name.slice(entity.length + 1), array]),
      ),
      metadata: parties[entity],
    }
  );
}
