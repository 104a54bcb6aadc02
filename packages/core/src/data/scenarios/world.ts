import { normal, streamOf, uniform } from "../../random/index.ts";
import type { WorldClient } from "../world-client.ts";
import type { RawColumn, RawTable } from "../table.ts";
import { SCENARIO, scenarioOracles } from "./columns.ts";
import type { ScenariosConfig } from "./config.ts";
import { directionsOf, type Directions } from "./directions.ts";
import { combine, dot, orthonormalRows } from "./frame.ts";
import { idFieldsOf, type IdField } from "./id-effects.ts";

/*
 * A world in which federating can help and hurt, by settings. What there is to see is common to all
 * scenarios, so a representation learned together is better than one learned alone; what is wanted of it
 * is a direction of each scenario's own, so that a head learned together is as wrong as those directions
 * are apart:
 *
 *   x ~ N(m_k, I),   z = tanh(1.5 A x) / s,   A A^T = I
 *   log-odds of a click = strength <w_k, z> + ids + bias,   of a sale after it = strength <v_k, z> + ids + bias
 *
 * The units z are independent and of variance 1 where m_k is 0, so that the correlation of two scenarios'
 * log-odds is the cosine of their directions' angle, whatever the draw.
 */

const STEEPNESS = 1.5;
/** s^2 = E tanh(1.5 g)^2 for a standard normal g, by quadrature. */
const UNIT_DEVIATION = Math.sqrt(0.5406483809042352);

/** What all scenarios of a world have in common. */
interface Common {
  /** A: [units * features], orthonormal rows. */
  readonly mixing: Float64Array;
  readonly ids: readonly IdField[];
}

/**
 * Every scenario's rows, as a reader would hand them over. A scenario's features depend on its name alone,
 * its labels on the angles to the scenarios that are named before it too, nothing on others' sizes.
 */
export function scenarioWorld(config: ScenariosConfig): WorldClient[] {
  const { units, features, worldSeed } = config;
  const common = {
    mixing: orthonormalRows(units, features, streamOf(worldSeed, "scenarios", "mixing")),
    ids: idFieldsOf(config),
  };
  const directions = directionsOf(config);
  return Object.keys(config.scenarios).map((client) => ({
    client,
    table: scenarioRows(client, config, common, directions[client]!),
  }));
}

function scenarioRows(
  client: string,
  config: ScenariosConfig,
  { mixing, ids }: Common,
  directions: Directions,
): RawTable {
  const { features, units, strength, bias, saleBias = bias } = config;
  const { rows: numRows, tasks = ["click", "sale"] } = config.scenarios[client]!;
  const mean = meanOf(client, config);
  const stream = streamOf(config.worldSeed, "scenarios", client, "rows");
  const x = Array.from({ length: features }, () => new Float64Array(numRows));
  const codes = ids.map(() => new Int32Array(numRows));
  const [click, sale, trueClick, trueSale] = Array.from(
    { length: 4 },
    () => new Float64Array(numRows),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const seen = new Float64Array(features);
  const unit = new Float64Array(units);
  for (let row = 0; row < numRows; row++) {
    for (let f = 0; f < features; f++) x[f]![row] = seen[f] = mean[f]! + normal(stream);
    for (let u = 0; u < units; u++) {
      const view = mixing.subarray(u * features, (u + 1) * features);
      unit[u] = Math.tanh(STEEPNESS * dot(view, seen)) / UNIT_DEVIATION;
    }
    let clickLogit = bias + strength * dot(directions.click, unit);
    let saleLogit = saleBias + strength * dot(directions.sale, unit);
    for (const [f, field] of ids.entries()) {
      const code = field.draw(stream);
      codes[f]![row] = code;
      clickLogit += field.click[code]!;
      saleLogit += field.sale[code]!;
    }
    const clicked = 1 / (1 + Math.exp(-clickLogit));
    const sold = 1 / (1 + Math.exp(-saleLogit));
    trueClick[row] = clicked;
    trueSale[row] = clicked * sold;
    click[row] = uniform(stream) < clicked ? 1 : 0;
    // Drawn for every row, so that settings of one label move no draw of the other.
    sale[row] = uniform(stream) < sold ? click[row]! : 0;
  }
  if (!tasks.includes("sale")) sale.fill(Number.NaN);
  const [clickOracle, saleOracle] = scenarioOracles as [string, string];
  return {
    numRows,
    columns: {
      ...Object.fromEntries(x.map((values, f) => [`x${f}`, number(values)])),
      ...(config.scenarioFeature && {
        [SCENARIO]: text(new Int32Array(numRows), [client]),
      }),
      ...Object.fromEntries(ids.map(({ column, values }, f) => [column, text(codes[f]!, values)])),
      click: number(click),
      sale: number(sale),
      [clickOracle]: number(trueClick),
      [saleOracle]: number(trueSale),
    },
  };
}

/** Where a scenario's features lie: in a direction of its own, `shift` from 0. */
function meanOf(client: string, { features, shift, worldSeed }: ScenariosConfig): Float64Array {
  const stream = streamOf(worldSeed, "scenarios", client, "mean");
  return combine(Float64Array.of(shift), orthonormalRows(1, features, stream), features);
}

function number(values: Float64Array): RawColumn {
  return { kind: "number", values };
}

function text(codes: Int32Array, values: readonly string[]): RawColumn {
  return { kind: "text", codes, values };
}
