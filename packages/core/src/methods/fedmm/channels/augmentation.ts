import {
  addedSchema,
  withCategorical,
  withPairs,
  type FeatureSchema,
} from "../../../data/index.ts";
import { AtollError } from "../../../errors/index.ts";
import type { ClientContext } from "../../../federation/client-context.ts";
import type { Entity, EntityCodes } from "../../../federation/client-memory.ts";
import { buildModel, type Model, type ModelConfig } from "../../../models/index.ts";
import { streamOf } from "../../../random/index.ts";
import type { Augmentation } from "../../stages/augmentation.ts";
import { UNSEEN_ROW } from "../../stages/collaborative-data.ts";
import { buildClickModel, without } from "./build-click-model.ts";
import { addedCode, codeFeatures, declaredCode, rowsByTableRow } from "./code-features.ts";
import { isOfCodeHead } from "./code-head.ts";
import type { FedMmConfig } from "../config.ts";
import { SCORE_FEATURE, scoreOfNewRows, scorePairs } from "./scores.ts";
import { startFromCodebook } from "./table-start.ts";

/** A head is conditioned by codes that all markets know: without a global level there is none. */
export function hasCodeHead({
  codebooks,
  channels,
}: Pick<FedMmConfig, "codebooks" | "channels">): boolean {
  return channels.head !== "none" && codebooks.levels.includes("global");
}

/** How codes and collaborative scores reach the click model: see `channels` in config.ts. */
export function fedmmAugmentation({ kind, codebooks, channels }: FedMmConfig): Augmentation {
  const hasHead = hasCodeHead({ codebooks, channels });
  const codes = channels.codes || hasHead ? codeFeatures(codebooks) : [];
  const { scores } = channels;
  const pairs = scores === "none" ? [] : [SCORE_FEATURE];
  const conditions = (entity: Entity) =>
    codes
      .filter((code) => code.entity === entity && code.kind === "global")
      .map(({ name }) => name);
  const made = {
    // With a head alone, codes are columns that only the head reads.
    unread: channels.codes ? [] : codes.map(({ name }) => name),
    ...(hasHead && { head: { item: conditions("item"), user: conditions("user") } }),
  };

  return {
    schema: (features) =>
      addedSchema(features, {
        categorical: codes.map((code) => declaredCode(code, codebooks.codes)),
        pairs,
      }),
    data: (context, data) => {
      const vectors = left(context, "collaborative");
      const added = codes.map((code) => addedCode(code, codesOf(context, code.entity), vectors));
      const coded = withCategorical(data, added);
      if (scores === "none") return coded;
      const random = streamOf(context.seed, context.name, "score-scale");
      const scored = scores.folds === 1 ? { ...vectors, folds: [] } : vectors;
      return withPairs(coded, pairs, scorePairs(scored, data, { heldOut: scores.heldOut, random }));
    },
    added: (context, data) => {
      const vectors = left(context, "collaborative");
      const addedCodes = codes.map(({ name, entity, level }) => ({
        name,
        of: entity,
        rows: rowsByTableRow(codesOf(context, entity), level),
      }));
      if (scores === "none") return { codes: addedCodes, ...made };
      const random = streamOf(context.seed, context.name, "score-scale");
      const scored = scores.folds === 1 ? { ...vectors, folds: [] } : vectors;
      const options = { heldOut: scores.heldOut, random };
      const score = {
        name: SCORE_FEATURE,
        offset: UNSEEN_ROW,
        ...scoreOfNewRows(scored, data, options),
      };
      return { codes: addedCodes, score, ...made };
    },
    build: (config, schema) => {
      if (codes.length + pairs.length > 0)
        checkReadsFeatures(kind, config, without(schema, made.unread));
      return buildClickModel(config, schema, made);
    },
    start: (context, model, trainer) => {
      if (!channels.codes || channels.tables === "random") return;
      for (const embedding of model.embeddings.filter(({ name }) => !isOfCodeHead(name)))
        for (const feature of codes)
          if (embedding.features.includes(feature.name))
            startFromCodebook(trainer.tableRows(embedding.name, feature.name), context.seed, {
              embedding,
              feature,
              codes: codesOf(context, feature.entity),
            });
    },
  };
}

/**
 * Refuses models to which features would be added in vain: models of sequences, which score histories and
 * items, and models of two ids. Others embed any categorical feature, and read numbers.
 */
function checkReadsFeatures(method: string, config: ModelConfig, schema: FeatureSchema): void {
  const probe = "fedmm-probe";
  const probed: Model = buildModel(
    config,
    addedSchema(schema, { categorical: [{ name: probe, of: "user", numRows: 0 }] }),
  );
  if (
    probed.sequence === undefined &&
    probed.embeddings.some(({ features }) => features.includes(probe))
  )
    return;
  throw new AtollError(
    "METHOD_NEEDS_MODEL",
    `${method} adds codes and scores to the features of model "${config.kind}", which reads ${probed.sequence === undefined ? "user and item ids" : "histories and items"} alone; choose a model that reads every feature, such as deepfm`,
  );
}

function left<Name extends "collaborative" | "codes">({ name, memory }: ClientContext, what: Name) {
  const found = memory[what];
  if (found === undefined)
    throw new Error(`client ${name}: the stages before "train" left no ${what}`);
  return found as NonNullable<(typeof memory)[Name]>;
}

function codesOf(context: ClientContext, entity: Entity): EntityCodes {
  const found = left(context, "codes").find((codes) => codes.entity === entity);
  if (found === undefined)
    throw new Error(`client ${context.name}: the stages before "train" left no codes of ${entity}`);
  return found;
}
