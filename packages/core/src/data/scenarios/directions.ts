import { streamOf } from "../../random/index.ts";
import type { ScenariosConfig } from "./config.ts";
import { combine, orthonormalRows } from "./frame.ts";
import { scenarioVectors } from "./geometry.ts";

/** What a scenario wants of the hidden units, [units] each, of length 1. */
export interface Directions {
  readonly click: Float64Array;
  /** Of what was clicked. */
  readonly sale: Float64Array;
}

/**
 * Every scenario's directions: those of clicks at the angles that the settings ask for, in a frame that the
 * world draws; those of sales are all of them turned by `taskAngle`, in the same planes, so that scenarios
 * differ in sales exactly as they do in clicks:
 *
 *   <w_j, w_k> = <v_j, v_k> = cos(angle of j and k),   <w_k, v_k> = cos(taskAngle)
 */
export function directionsOf(config: ScenariosConfig): Readonly<Record<string, Directions>> {
  const { units, worldSeed, taskAngle } = config;
  const found = scenarioVectors(config);
  if (found === undefined || found.rank > units)
    throw new RangeError("directionsOf: no directions at these angles; the schema refuses them");
  const frame = orthonormalRows(units, units, streamOf(worldSeed, "scenarios", "frame"));
  const [cos, sin] = [Math.cos, Math.sin].map((of) => of((taskAngle * Math.PI) / 180));
  return Object.fromEntries(
    Object.keys(config.scenarios).map((name, k) => {
      const click = new Float64Array(units);
      click.set(found.vectors[k]!);
      const sale = new Float64Array(units);
      // One turn in each of the planes (0, 1), (2, 3) ...
      for (let i = 0; i < units; i += 2) {
        sale[i] = cos! * click[i]! - sin! * click[i + 1]!;
        sale[i + 1] = sin! * click[i]! + cos! * click[i + 1]!;
      }
      return [name, { click: combine(click, frame, units), sale: combine(sale, frame, units) }];
    }),
  );
}
