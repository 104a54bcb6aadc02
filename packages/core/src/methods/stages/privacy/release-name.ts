import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { canonicalJson } from "../../../federation/index.ts";
import type { PrivacyServices } from "../../../privacy/index.ts";

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array | Uint16Array;

/** Values that decide a release: settings as JSON, and arrays by name. */
export interface Ingredients {
  readonly settings: unknown;
  readonly arrays: Readonly<Record<string, Numbers | undefined>>;
}

/** SHA-256 of values, as hexadecimal text: equal values, in whatever order they are named, have equal text. */
export function fingerprint({ settings, arrays }: Ingredients): string {
  const hash = sha256.create();
  const say = (text: string) => {
    const bytes = utf8ToBytes(text);
    hash.update(utf8ToBytes(`${bytes.length} `)).update(bytes);
  };
  say(canonicalJson(settings) ?? "");
  for (const name of Object.keys(arrays).sort()) {
    const data = arrays[name];
    if (data === undefined) continue;
    say(canonicalJson([name, data.BYTES_PER_ELEMENT, data.length]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return bytesToHex(hash.digest());
}

/**
 * A release that is about to be made: what its noise is drawn by, and the name in the ledger.
 *
 * The label holds a hash of all that the clean numbers follow from, so that two different releases never
 * have the same noise. Clean numbers may be guessed, and a guess be confirmed by their hash; so the id, which
 * the ledger tells whoever reads it, holds bytes that only the party's secret can make of it.
 */
export interface ReleaseName {
  readonly id: string;
  /** Bytes for one purpose of this release. */
  readonly noise: (purpose: string) => (count: number) => Uint8Array;
}

/** Bytes of an id: no two of 2^40 releases meet. */
const ID_BYTES = 16;

export function releaseName(
  { noise }: Pick<PrivacyServices, "noise">,
  {
    stage = "train",
    round,
    ...ingredients
  }: Ingredients & { readonly stage?: string; readonly round: number },
): ReleaseName {
  const label = `${stage}/${round}/${fingerprint(ingredients)}`;
  return {
    id: `${stage}/${round}/${bytesToHex(noise(`${label}/name`)(ID_BYTES).slice())}`,
    noise: (purpose) => noise(`${label}/${purpose}`),
  };
}
