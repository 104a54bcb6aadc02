import { numpy as np } from "@jax-js/jax";
import { lengthOf, vocabularyOf, type FeatureSchema } from "../../data/schema.ts";
import type { EmbeddingSpec } from "../../embedding/index.ts";
import { AtollError } from "../../errors/index.ts";
import { arrayOf, type DropoutSpec } from "../../nn/index.ts";
import { normalInit, zeros, type ParameterSpec } from "../../tensor/index.ts";
import { presentOf, valuesOf } from "../fields.ts";
import type { ForwardInputs, Model, SequenceInputs, SequenceObjective } from "../types.ts";

interface SequenceSettings {
  readonly kind: string;
  readonly history: string;
  readonly width: number;
  readonly itemBias: boolean;
  readonly embeddingStd: number;
}

/** What a model makes of a sequence. */
export interface SequenceEncoder {
  readonly parameters: readonly ParameterSpec[];
  readonly masks: readonly DropoutSpec[];
  /** States [batch, length, width]; those of padding are of no meaning, but finite. */
  readonly states: (inputs: SequenceInputs) => np.Array;
}

interface Target extends Pick<SequenceObjective, "target" | "hidden"> {
  /** The encoder of sequences of so many positions. */
  readonly encoder: (length: number) => SequenceEncoder;
}

const ITEMS = "items";
const BIAS = "bias";
const ITEM = "item";

/**
 * A model that scores an item by the state in which a history leaves its reader.
 *
 *   logit = <s, v_item> + b_item,   s the state of the last position, 0 without any position
 *
 * Past and scored items read the same rows v. A model that hides positions instead of looking ahead
 * (cloze) has its oldest item pushed out and a hidden position appended, whose state is s: the way that
 * Sun et al. 2019, section 3.6, predict.
 */
export function sequenceModel(
  { kind, history, width, itemBias, embeddingStd }: SequenceSettings,
  schema: FeatureSchema,
  { encoder: encoderOf, target, hidden }: Target,
): Model {
  const length = historyLength(kind, history, schema);
  const encoder = encoderOf(length);
  const features = [history, ITEM];
  const embeddings: EmbeddingSpec[] = [
    { name: ITEMS, features, width, init: normalInit(embeddingStd) },
  ];
  if (itemBias) embeddings.push({ name: BIAS, features: [ITEM], width: 1, init: zeros });

  const states = (inputs: SequenceInputs): np.Array =>
    encoder.states(inputs).mul(inputs.present.reshape([-1, length, 1]));

  const last = (past: Omit<SequenceInputs, "masked">): np.Array => {
    const seen =
      target === "cloze" ? withHiddenEnd(past) : { ...past, masked: np.zerosLike(past.present) };
    return states(seen).slice([], length - 1, []);
  };

  const valuesIn = (inputs: ForwardInputs, feature: string): np.Array =>
    valuesOf(inputs, schema, { embedding: ITEMS, features, feature });

  return {
    kind,
    parameters: encoder.parameters,
    state: [],
    dropout: encoder.masks,
    embeddings,
    indices: [history],
    sequence: {
      embedding: ITEMS,
      history,
      target,
      ...(hidden !== undefined && { hidden }),
      ...(itemBias && { bias: BIAS }),
      states: (inputs) => ({ states: states(inputs), state: {} }),
      last,
    },
    forward: (inputs) => {
      const state = last({
        ...inputs,
        items: valuesIn(inputs, history),
        present: presentOf(inputs, history),
      });
      const item = valuesIn(inputs, ITEM).reshape([-1, width]);
      const logits = np.sum(state.mul(item), -1);
      if (!itemBias) return { logits, state: {} };
      return { logits: logits.add(arrayOf(inputs.embeddings, BIAS).reshape([-1])), state: {} };
    },
  };
}

/** The same sequence one position on, the last one hidden. */
function withHiddenEnd(past: Omit<SequenceInputs, "masked">): SequenceInputs {
  const [batch, length, width] = past.items.shape as [number, number, number];
  const pushed = (x: np.Array, end: np.Array) =>
    length === 1 ? end : np.concatenate([x.slice([], [1, length]), end], 1);
  return {
    ...past,
    items: pushed(past.items, np.zeros([batch, 1, width])),
    present: pushed(past.present, np.ones([batch, 1])),
    masked: pushed(np.zeros([batch, length]), np.ones([batch, 1])),
  };
}

/** Positions of the history; MODEL_NEEDS_FEATURE where it or the item is missing. */
function historyLength(kind: string, history: string, schema: FeatureSchema): number {
  const names = schema.categorical.map((feature) => feature.name);
  const past = schema.categorical.find((feature) => feature.name === history);
  const there = `(categorical features: ${names.join(", ") || "none"})`;
  if (past === undefined || !names.includes(ITEM)) {
    const missing = [history, ITEM].filter((name) => !names.includes(name));
    throw new AtollError(
      "MODEL_NEEDS_FEATURE",
      `model "${kind}" needs the past items and the item to score, the data have no ${missing.join(" and no ")} ${there}; ` +
        "name the item's column under data.columns.item and add `history: { length: 50 }` under data.columns",
    );
  }
  if (vocabularyOf(past) !== ITEM)
    throw new AtollError(
      "MODEL_NEEDS_FEATURE",
      `model "${kind}" needs a sequence of past items, "${history}" is one of "${vocabularyOf(past)}" ${there}; ` +
        "set model.history to a feature with the item's vocabulary",
    );
  return lengthOf(past);
}
