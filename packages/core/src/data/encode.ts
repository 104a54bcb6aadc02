import { AtollError } from "../errors/index.ts";
import { encodeClients, encodedClients } from "./encoded-client.ts";
import { fitEncoder, type Encoder } from "./encoder.ts";
import { evaluationPart } from "./evaluation-examples.ts";
import type { TrainingData } from "./examples.ts";
import type { RoleColumn, SplitClient, Vocabularies } from "./prepare-types.ts";
import { throwCollected } from "./problems.ts";
import { fitStored, storedClients } from "./stored/fit-stored.ts";
import { storedRows } from "./stored/stored-rows.ts";
import { trainingExamples } from "./training-examples.ts";

export interface EncodeOptions {
  readonly minCount: number;
  /** Vocabularies that were agreed on; they stand in for fitted ones. */
  readonly vocabularies?: Vocabularies;
  /** When several clients are pooled: features whose values mean the same in all of them. */
  readonly common?: readonly string[];
  /** How far reading rows on disk is, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/**
 * Encodes one client, or several pooled as the centralised reference does. Vocabularies and scales come
 * from training rows only. Values that training rows do not hold, or too rarely, and missing values share
 * the out-of-vocabulary row; a missing number counts as the mean. Pooled features that `common` does not
 * list are kept apart by client: user 7 of one market is not user 7 of another, and their vocabulary
 * entries are the JSON text of [client, value].
 */
export function encode(
  splits: readonly SplitClient[],
  options: EncodeOptions,
): { readonly data: TrainingData; readonly encoder: Encoder } {
  const { minCount, common = [] } = options;
  const first = splits[0];
  if (first === undefined) throw new RangeError("encode: no client to encode");
  throwCollected(splits.flatMap((split) => differenceTo(first, split)));
  const apart = (feature: string) => splits.length > 1 && !common.includes(feature);

  const fitOptions = {
    minCount,
    apart,
    ...(options.vocabularies && { vocabularies: options.vocabularies }),
  };
  const stored = storedClients(splits);
  const encoder =
    stored === undefined
      ? fitEncoder(splits, fitOptions)
      : fitStored(stored, fitOptions, options.onProgress);
  const clients =
    stored === undefined
      ? encodeClients(splits, encoder)
      : encodedClients(splits, encoder.schema, storedRows(stored, encoder));
  return {
    data: {
      schema: encoder.schema,
      ...trainingExamples(clients),
      parts: clients.map(evaluationPart),
    },
    encoder,
  };
}

/** Pooled clients must have the same features; in which order their columns were listed is all the same. */
function differenceTo(first: SplitClient, other: SplitClient): AtollError[] {
  const listed = ({ categorical, numeric, history, tasks }: SplitClient) => {
    const entries = (features: readonly RoleColumn[], kind: string) =>
      features.map(({ name, of, rule }) =>
        rule.kind === "value" || rule.kind === "standardise"
          ? `${name} (${kind}, ${of})`
          : `${name} (${kind}, ${of}, ${JSON.stringify(rule)})`,
      );
    return [
      ...entries(categorical, "categorical"),
      ...entries(numeric, "numeric"),
      ...(history === undefined ? [] : [`history of ${history}`]),
      ...(tasks.length > 1 ? [`labels ${tasks.join(", ")}`] : []),
    ]
      .sort()
      .join(", ");
  };
  return listed(first) === listed(other)
    ? []
    : [
        new AtollError(
          "DATA_FEATURES_DIFFER",
          `client "${other.client}" has the features ${listed(other)}; client "${first.client}" has ${listed(first)}; to train them as one, give all clients the same data.columns, or remove the pooled method`,
        ),
      ];
}
