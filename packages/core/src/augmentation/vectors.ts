import type { ActiveAugmentation } from "./config.ts";
import { hashingVectorizer } from "./hashing.ts";
import type { PopulationAugmentation } from "./population-augmentation.ts";
import type { AugmentationServices } from "./services.ts";
import type { TextVectorizer } from "./types.ts";

/** The words of augmentation as models read them. */
export interface AugmentationVectors {
  /** [items, width]; undefined where nothing is said of items. */
  readonly items: Float32Array | undefined;
  /** [users, domains, width]; undefined where nothing is said of users. */
  readonly profiles: Float32Array | undefined;
  /** 0 where nothing is said at all. */
  readonly width: number;
}

export interface AugmentationVectorsOptions {
  readonly settings: Pick<ActiveAugmentation, "vectors">;
  readonly services?: Pick<AugmentationServices, "sentences"> | undefined;
  readonly domains: number;
}

/** Texts that a vectoriser gets at a time: its own intermediate results stay small. */
const TEXTS_PER_CALL = 512;

/** Vectors of all that is said; rows of what nothing is said of are 0. Each distinct text is read once. */
export async function augmentationVectors(
  { descriptions, profiles }: Pick<PopulationAugmentation, "descriptions" | "profiles">,
  { settings, services, domains }: AugmentationVectorsOptions,
): Promise<AugmentationVectors> {
  if (descriptions === undefined && profiles === undefined)
    return { items: undefined, profiles: undefined, width: 0 };
  if (profiles !== undefined && profiles.length % domains !== 0)
    throw new RangeError(`${profiles.length} profiles are no whole number for ${domains} domains`);
  const vectorizer = vectorizerOf(settings.vectors, services);
  return {
    items: descriptions && (await rowsOf(descriptions, vectorizer)),
    profiles: profiles && (await rowsOf(profiles, vectorizer)),
    width: vectorizer.dimensions,
  };
}

function vectorizerOf(
  settings: ActiveAugmentation["vectors"],
  services: AugmentationVectorsOptions["services"],
): TextVectorizer {
  switch (settings.kind) {
    case "hashing":
      return hashingVectorizer(settings.dimensions);
    case "sentence":
      if (services === undefined)
        throw new RangeError("sentence vectors need the services of a machine");
      return services.sentences(settings);
  }
}

/** [texts, dimensions] */
async function rowsOf(
  texts: readonly (string | undefined)[],
  { dimensions, vectorize }: TextVectorizer,
): Promise<Float32Array> {
  const numberOf = new Map<string, number>();
  for (const text of texts)
    if (text !== undefined && !numberOf.has(text)) numberOf.set(text, numberOf.size);
  const distinct = [...numberOf.keys()];
  const known = new Float32Array(distinct.length * dimensions);
  for (let start = 0; start < distinct.length; start += TEXTS_PER_CALL) {
    const some = distinct.slice(start, start + TEXTS_PER_CALL);
    const vectors = await vectorize(some);
    if (vectors.length !== some.length * dimensions)
      throw new RangeError(
        `${some.length} texts became ${vectors.length} numbers, not ${some.length * dimensions}`,
      );
    known.set(vectors, start * dimensions);
  }
  const rows = new Float32Array(texts.length * dimensions);
  texts.forEach((text, place) => {
    if (text === undefined) return;
    const from = numberOf.get(text)! * dimensions;
    rows.set(known.subarray(from, from + dimensions), place * dimensions);
  });
  return rows;
}
