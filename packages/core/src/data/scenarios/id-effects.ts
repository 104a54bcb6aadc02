import { normal, streamOf } from "../../random/index.ts";
import { zipf } from "../synthetic/zipf.ts";
import type { ScenariosConfig } from "./config.ts";

/** One id feature of all scenarios. */
export interface IdField {
  readonly column: string;
  readonly values: readonly string[];
  /** Draws a value by its popularity. */
  readonly draw: ReturnType<typeof zipf>;
  /** [values], what each value adds to the log-odds of a click, and of a sale after it. */
  readonly click: Float64Array;
  readonly sale: Float64Array;
}

/**
 * The id features with what their values are worth: the same in every scenario, independent of field to
 * field. Over rows each field's part has mean 0 and variance strength^2 / fields; parts of click and sale
 * correlate by cos(taskAngle), as their directions do.
 */
export function idFieldsOf({ ids, taskAngle, worldSeed }: ScenariosConfig): readonly IdField[] {
  if (ids === undefined) return [];
  const { fields, values, strength } = ids;
  const scale = strength / Math.sqrt(fields);
  const cos = Math.cos((taskAngle * Math.PI) / 180);
  const sin = Math.sin((taskAngle * Math.PI) / 180);
  return Array.from({ length: fields }, (_, f) => {
    const stream = streamOf(worldSeed, "scenarios", "ids", f);
    const first = Float64Array.from({ length: values }, () => normal(stream));
    const second = Float64Array.from({ length: values }, () => normal(stream));
    return {
      column: `id${f}`,
      values: Array.from({ length: values }, (__, v) => `v${v}`),
      draw: zipf(values, 1),
      click: standardised(first).map((effect) => scale * effect),
      sale: standardised(first.map((own, v) => cos * own + sin * second[v]!)).map(
        (effect) => scale * effect,
      ),
    };
  });
}

/** With mean 0 and variance 1 over draws by Zipf's law, the first value the most popular. */
function standardised(effects: Float64Array): Float64Array {
  let total = 0;
  let mean = 0;
  let square = 0;
  effects.forEach((effect, rank) => {
    total += 1 / (rank + 1);
    mean += effect / (rank + 1);
    square += effect ** 2 / (rank + 1);
  });
  mean /= total;
  const deviation = Math.sqrt(square / total - mean ** 2);
  // A field of one value says nothing.
  return effects.map((effect) => (effects.length === 1 ? 0 : (effect - mean) / deviation));
}
