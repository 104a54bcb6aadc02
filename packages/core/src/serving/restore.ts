import { featureView } from "../embedding/index.ts";
import { AtollError } from "../errors/index.ts";
import { buildKept, type KeptModel } from "../methods/index.ts";
import type { Model } from "../models/index.ts";
import { view } from "../tensor/index.ts";
import { createLearned, type Learned } from "../training/index.ts";

/** A kept model made anew, its numbers in their places. */
export function restoreKept(
  kept: KeptModel,
  client: string,
): { readonly model: Model; readonly learned: Learned } {
  const model = buildKept(kept.config, kept.schema, kept.added);
  const learned = createLearned(model, kept.schema, { seed: 0, party: client });
  const { layout, parameters, state, tables } = learned;
  const problems: string[] = [];
  const put = (what: string, target: Float32Array, numbers: Float32Array | undefined) => {
    if (numbers?.length === target.length) target.set(numbers);
    else problems.push(`${what} has ${numbers?.length ?? 0} numbers, ${target.length} are needed`);
  };
  for (const { name } of layout.views)
    put(`parameter ${name}`, view(layout, parameters, name), kept.parameters[name]);
  for (const table of tables)
    for (const { name } of table.features)
      put(
        `table ${table.name}/${name}`,
        featureView(table, name),
        kept.tables[`${table.name}/${name}`],
      );
  put("the running statistics", state, kept.state);
  if (problems.length > 0)
    throw new AtollError(
      "MODEL_KEPT",
      `client "${client}": the numbers of its model do not fit its settings: ${problems.join("; ")}; run the experiment again with this version`,
    );
  return { model, learned };
}
