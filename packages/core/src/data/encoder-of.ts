import type { Encoder } from "./encoder.ts";

/** The same encoder, of some of its features and no others: each of one value, with a vocabulary or a hash. */
export function encoderOf(encoder: Encoder, features: readonly string[]): Encoder {
  const { schema, categorical, vocabularies, apart } = encoder;
  const isIn = ({ name }: { readonly name: string }) => features.includes(name);
  return {
    version: 1,
    schema: { ...schema, categorical: schema.categorical.filter(isIn), numeric: [] },
    categorical: categorical.filter(isIn),
    numeric: [],
    vocabularies: Object.fromEntries(
      Object.entries(vocabularies).filter(([name]) => isIn({ name })),
    ),
    apart: apart.filter((name) => isIn({ name })),
  };
}
