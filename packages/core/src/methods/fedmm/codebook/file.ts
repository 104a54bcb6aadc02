import { z } from "zod";
import { AtollError } from "../../../errors/index.ts";
import type { ClientStore } from "../../../federation/client-context.ts";
import type { Entity } from "../../../federation/client-memory.ts";
import { decodeState, statePieces } from "../../../federation/index.ts";

/** Under which name a client keeps its codes. */
export const CODEBOOK_FILE = "codebooks";

const count = z.number().int().nonnegative();
const finite = z.number();

/** A noisy release of one codebook's sums. */
export const codebookRelease = z.strictObject({
  entity: z.enum(["item", "user"]),
  /** 0 is the first level. */
  level: count,
  round: count,
  mechanism: z.literal("gaussian"),
  /** Most that one entity moves the pair (sums over clipNorm, counts), as a Euclidean norm. */
  sensitivity: z.number().positive(),
  /** Deviation of the noise of that pair, over its sensitivity. */
  noiseMultiplier: z.number().positive(),
  delta: z.number().positive().lt(1),
  /** Of all releases about this entity kind so far, this one included. */
  epsilon: z.number().nonnegative(),
});

const codebookOfEntity = z.strictObject({
  levels: z
    .array(z.strictObject({ kind: z.enum(["global", "local"]), numCodes: z.number().int().min(2) }))
    .min(1),
  /** Raw values of entities 1, 2, ... */
  values: z.array(z.string()),
  /** Training positives of each. */
  counts: z.array(count),
  /** The text of each, where alignment.text names a feature; "" where it has none. */
  words: z.array(z.string()).optional(),
  metrics: z.strictObject({
    /** By level, over entities with codes: share of codes in use, and how many are as good as in use. */
    usage: z.array(finite),
    perplexity: z.array(finite),
    collisionRate: finite,
    reconstruction: finite,
    commitment: finite,
  }),
  /** Mean squared reconstruction error after each round's local training; the last: after the end. */
  errorByRound: z.array(finite),
});

/** The metadata of the file; the codes lie beside them as `codes:<entity>`, [values * levels] int32. */
export const codebookFile = z.strictObject({
  entities: z.partialRecord(z.enum(["item", "user"]), codebookOfEntity),
  releases: z.array(codebookRelease),
});

export type CodebookRelease = z.infer<typeof codebookRelease>;

/** One entity's codes as its party keeps them. */
export type StoredCodebook = z.infer<typeof codebookOfEntity> & {
  /** [values * levels]; -1 for entities without training positives. */
  readonly codes: Int32Array;
};

export interface StoredCodebooks {
  readonly entities: Readonly<Partial<Record<Entity, StoredCodebook>>>;
  readonly releases: readonly CodebookRelease[];
}

export async function writeCodebooks(
  store: Pick<ClientStore, "write">,
  { entities, releases }: StoredCodebooks,
): Promise<void> {
  const metadata = codebookFile.parse({
    entities: Object.fromEntries(
      Object.entries(entities).map(([entity, codebook]) => [
        entity,
        // The codes lie beside the metadata.
        Object.fromEntries(Object.entries(codebook).filter(([name]) => name !== "codes")),
      ]),
    ),
    releases,
  });
  const arrays = Object.fromEntries(
    Object.entries(entities).map(([entity, { codes, values, levels }]) => [
      `codes:${entity}`,
      { shape: [values.length, levels.length], data: codes },
    ]),
  );
  await store.write(CODEBOOK_FILE, statePieces({ arrays, metadata }));
}

/** Undefined where the party has no codes. */
export async function readCodebooks(
  store: Pick<ClientStore, "read">,
): Promise<StoredCodebooks | undefined> {
  const bytes = await store.read(CODEBOOK_FILE);
  if (bytes === undefined) return undefined;
  const { arrays, metadata } = decodeState(bytes);
  const { entities, releases } = codebookFile.parse(metadata);
  const withCodes = Object.entries(entities).map(([entity, codebook]) => {
    const codes = arrays[`codes:${entity}`]?.data;
    if (!(codes instanceof Int32Array))
      throw new AtollError(
        "MESSAGE_MALFORMED",
        `the file ${CODEBOOK_FILE} names codes of ${entity} but holds none; run the method again`,
      );
    return [entity, { ...codebook, codes }] as const;
  });
  return { entities: Object.fromEntries(withCodes), releases };
}
