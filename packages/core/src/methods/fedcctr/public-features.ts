import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { AtollError } from "../../errors/index.ts";
import type { Population } from "../../population/index.ts";
import { streamOf } from "../../random/index.ts";
import { publicVectors, textIndex, type PublicVectors } from "../../request/index.ts";
import { residualCodes } from "./codes.ts";
import type { FedcctrSettings } from "./config.ts";
import type { People } from "./people.ts";
import type { Catalogue, PopulationSettings } from "./settings.ts";

/** Public vectors as the program reads them, and codes that follow from public vectors. */
export async function publicFeatures(
  { population, catalogue }: People,
  { items }: PopulationSettings,
  federate: FedcctrSettings["federate"],
): Promise<{
  readonly vectors: Float32Array | undefined;
  readonly codes: Int32Array | undefined;
}> {
  const isCoded = federate === "encoders-and-codes";
  if (items.vectors === "learned" && !isCoded) return { vectors: undefined, codes: undefined };
  const isNeeded = items.order === 0 || isCoded;
  const withoutText = (why: string) =>
    new AtollError(
      "METHOD_NEEDS_TEXT",
      `clients ${catalogue.domains.join(", ")}: ${isCoded ? "codes of items" : `items.vectors ${items.vectors}`} come from public texts, but ${why} in data.columns.text or set ${isCoded ? "federate to all" : "items.vectors to learned"}`,
    );
  if (!catalogue.hasText && isNeeded) throw withoutText("no column has the role text; name one");
  if (isNeeded && textIndex(population.itemText!).numTerms === 0)
    throw withoutText("no text has a word; name another column");
  const made = vectorsOf(population, items);
  return {
    vectors: items.vectors === "learned" ? undefined : made.values,
    codes: isCoded ? await residualCodes(made, items.codes) : undefined,
  };
}

/** [items, width + words]: vectors of items and of their words side by side, of those that there are. */
export function withWords(
  vectors: Float32Array | undefined,
  words: Float32Array | undefined,
  { items }: Pick<Catalogue, "items">,
): Float32Array | undefined {
  if (vectors === undefined || words === undefined) return vectors ?? words;
  const [first, second] = [vectors.length / items, words.length / items];
  const joined = new Float32Array(vectors.length + words.length);
  for (let item = 0; item < items; item++) {
    const at = item * (first + second);
    joined.set(vectors.subarray(item * first, (item + 1) * first), at);
    joined.set(words.subarray(item * second, (item + 1) * second), at + first);
  }
  return joined;
}

let latest: { readonly key: string; readonly made: PublicVectors } | undefined;

/**
 * They take seconds, and follow from the catalogue and the settings alone: the latest ones are kept for
 * whoever asks next for the same.
 */
function vectorsOf(
  { itemText, itemStarts, itemIds }: Population,
  { dimensions, order }: PopulationSettings["items"],
): PublicVectors {
  const of = JSON.stringify([itemText ?? null, [...itemStarts], itemIds, dimensions, order]);
  const key = bytesToHex(sha256(utf8ToBytes(of)));
  if (latest?.key === key) return latest.made;
  const made = publicVectors(itemText && textIndex(itemText), {
    dimensions,
    random: streamOf(0, "public vectors"),
    domains: itemStarts,
    order,
    itemIds,
  });
  latest = { key, made };
  return made;
}
