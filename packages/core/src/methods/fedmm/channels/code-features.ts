import {
  FIRST_VALUE_ROW,
  OUT_OF_VOCABULARY_ROW,
  type AddedCategorical,
  type CategoricalFeature,
} from "../../../data/index.ts";
import type {
  CollaborativeVectors,
  Entity,
  EntityCodes,
} from "../../../federation/client-memory.ts";
import { UNSEEN_ROW } from "../../stages/collaborative-data.ts";
import type { CodebooksConfig } from "../config.ts";

/** One entity's codes of one level, as a categorical feature. */
export interface CodeFeature {
  readonly name: string;
  readonly entity: Entity;
  /** 0 is the first level. */
  readonly level: number;
  readonly kind: "global" | "local";
}

/** `item-code-1`, `item-code-2`, `user-code-1`, ...: entity by entity, level by level. */
export function codeFeatures({
  entities,
  levels,
}: Pick<CodebooksConfig, "entities" | "levels">): readonly CodeFeature[] {
  return entities.flatMap((entity) =>
    levels.map((kind, level) => ({ name: `${entity}-code-${level + 1}`, entity, level, kind })),
  );
}

/** The table row of a code: those of unknown entities, -1, are out of vocabulary. */
const rowOfCode = (code: number) => (code < 0 ? OUT_OF_VOCABULARY_ROW : FIRST_VALUE_ROW + code);

/** As every party can declare it: a global table has a row per code, a local one is the party's own. */
export function declaredCode(
  { name, entity, kind }: CodeFeature,
  codes: number,
): CategoricalFeature {
  return { name, of: entity, numRows: kind === "global" ? FIRST_VALUE_ROW + codes : 0 };
}

/** The codes of a party's users or items in its rows and pools. */
export function addedCode(
  { name, entity, level }: CodeFeature,
  codes: EntityCodes,
  vectors: CollaborativeVectors,
): AddedCategorical {
  const numLevels = codes.levels.length;
  const rowsOf = (entities: Int32Array) =>
    entities.map((e) => rowOfCode(codes.codes[e * numLevels + level]!));
  return {
    name,
    of: entity,
    numRows: FIRST_VALUE_ROW + codes.levels[level]!.numCodes,
    ofRow: rowsOf(entity === "item" ? vectors.itemOfRow : vectors.userOfRow),
    ofPool: entity === "item" ? vectors.itemOfPool.map(rowsOf) : [],
  };
}

/** By the table row of a user or an item: the table row of its code. Padding, row 0, has none. */
export function rowsByTableRow({ codes, levels }: EntityCodes, level: number): Int32Array {
  const numEntities = codes.length / levels.length;
  const rows = new Int32Array(UNSEEN_ROW + numEntities);
  for (let e = 0; e < numEntities; e++)
    rows[UNSEEN_ROW + e] = rowOfCode(codes[e * levels.length + level]!);
  return rows;
}
