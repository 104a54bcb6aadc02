import type { Result } from "@atoll/node/results";
import { table } from "../../markdown.ts";
import { CLICK, SALE } from "./tables.ts";
import { LITERAL, PF } from "./variants.ts";
import { MACRO, difference, find, labelOf, titleOf } from "../compared.ts";
import type { ResultOf } from "../goals.ts";

type Worlds = readonly (readonly [angle: string, Result])[];

/** Macro means of every method against the angle between the groups. */
function valuesByAngle(worlds: Worlds, metric: string): string {
  const [, first] = worlds[0]!;
  return table(
    ["method", ...worlds.map(([angle]) => angle)],
    Object.keys(first.methods).map((method) => [
      labelOf(first, method),
      ...worlds.map(([, result]) => {
        const value = result.methods[method]?.macro[metric];
        return value === undefined
          ? "-"
          : `${value.mean.toFixed(4)} ± ${((value.high - value.low) / 2).toFixed(4)}`;
      }),
    ]),
  );
}

function differencesByAngle(worlds: Worlds, metric: string): string {
  const [, first] = worlds[0]!;
  const pairs = [PF, LITERAL].flatMap((method) =>
    ["local", "fedavg"].flatMap((other) =>
      find(first, method, other, MACRO, metric) === undefined ? [] : [[method, other] as const],
    ),
  );
  return table(
    ["difference", ...worlds.map(([angle]) => angle)],
    pairs.map(([method, other]) => [
      `${method} - ${other}`,
      ...worlds.map(([, result]) => difference(find(result, method, other, MACRO, metric))),
    ]),
  );
}

function tables(worlds: Worlds): string {
  return `${valuesByAngle(worlds, CLICK)}
${differencesByAngle(worlds, CLICK)}
<details><summary>${titleOf(SALE)}</summary>

${valuesByAngle(worlds, SALE)}
${differencesByAngle(worlds, SALE)}
</details>

<details><summary>${titleOf("logloss:click")}</summary>

${valuesByAngle(worlds, "logloss:click")}
</details>
`;
}

/** The world of scenarios at every angle, and with the scenario as a feature. */
export function syntheticSection(resultOf: ResultOf, angles: readonly number[]): string {
  const worlds: Worlds = angles.map((angle) => [`${angle}°`, resultOf(`synthetic-${angle}`)]);
  const start = resultOf(`synthetic-${angles[0]}`);
  const rows = (result: Result) => {
    const trained = Object.values(result.clients).map(({ train }) => train);
    return `${Math.min(...trained).toLocaleString("en")} training rows for each scenario`;
  };
  const seen = resultOf("synthetic-90-feature");
  return `examples/pf-msmtrec-synthetic.yaml at ${angles.length} angles between two groups of scenarios, seeds ${start.seeds.join(", ")}, ${rows(start)}.
${titleOf(CLICK)}, mean over the scenarios; best-possible scores by the true probabilities.

${tables(worlds)}
### The scenario as a feature

At 90°, ${rows(seen)}, with the scenario's name among the features: a common model then sees where a row is from.

${tables([
  ["without", resultOf("synthetic-90")],
  ["with", seen],
])}`;
}
