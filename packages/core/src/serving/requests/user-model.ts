import { AtollError } from "../../errors/index.ts";
import type { KeptPopulation, KeptUserModel } from "../../methods/index.ts";
import {
  crossDomainLayout,
  crossDomainModel,
  type CrossDomainModel,
} from "../../models/cross-domain/index.ts";
import { view } from "../../tensor/index.ts";
import { gatherRows, type ItemRows, type LearnedVector } from "../../training/population/index.ts";

/** A kept model of users made anew. */
export interface UserModel {
  readonly model: CrossDomainModel;
  readonly learned: Pick<LearnedVector, "layout" | "values">;
  /** Learned vectors of items, where they have any. */
  readonly rows: Pick<ItemRows, "gather"> | undefined;
}

/** Puts kept numbers in their places; all that do not fit are named. */
export function restoreUserModel(
  { config, sizes, parameters, rows, publicVectors }: KeptUserModel,
  { itemIds }: Pick<KeptPopulation, "itemIds">,
): UserModel {
  const model = crossDomainModel(config);
  const layout = crossDomainLayout(model, sizes);
  const values = new Float32Array(layout.size);
  const problems: string[] = [];
  const check = (what: string, numbers: Float32Array | undefined, length: number) => {
    const has = numbers?.length ?? 0;
    if (has !== length) problems.push(`${what} has ${has} numbers, ${length} are needed`);
    return has === length;
  };
  for (const { name, length } of layout.views)
    if (check(`parameter ${name}`, parameters[name], length))
      view(layout, values, name).set(parameters[name]!);
  check("the table of items", rows, sizes.learnedRows ? itemIds.length * sizes.width : 0);
  check("the public vectors", publicVectors, itemIds.length * sizes.publicWidth);
  if (problems.length > 0)
    throw new AtollError(
      "MODEL_KEPT",
      `the numbers of the model of users do not fit its settings: ${problems.join("; ")}; run the experiment again with this version`,
    );
  return {
    model,
    learned: { layout, values },
    rows: rows && {
      gather: (items, out) => gatherRows(items, { values: rows, width: sizes.width }, out),
    },
  };
}
