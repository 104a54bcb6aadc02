import { validationsOf, type MetricsLine } from "@atoll/node/results";
import type { Facts } from "../facts.ts";
import { mean, metricValue, signed } from "../format.ts";
import { html, type Html } from "../html.ts";
import { direction, methodLabel, metricLabel } from "../labels.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import type { Check } from "./check.ts";

/** How validation went for one method: means over its clients and seeds. */
export interface Fit {
  readonly method: string;
  readonly rounds: number;
  readonly bestRound: number;
  /** Validation at the best round, at the last one. */
  readonly best: number;
  readonly last: number;
  /** The test value, where validation is by the same metric. */
  readonly test: number | undefined;
}

/** The metric by which rounds are chosen. */
export function selectionMetric(facts: Facts): string {
  const training = facts.result.experiment["training"] as { selectBy?: unknown } | undefined;
  return typeof training?.selectBy === "string" ? training.selectBy : facts.result.metric;
}

export function fitsOf(facts: Facts, lines: readonly MetricsLine[]): Fit[] {
  const metric = selectionMetric(facts);
  const sign = direction(metric);
  const curves = new Map<string, Map<string, (readonly [round: number, value: number])[]>>();
  for (const line of lines)
    for (const [name, value] of validationsOf(line)) {
      const { method, seed, round } = line;
      const own = curves.get(method) ?? new Map<string, [number, number][]>();
      const client = JSON.stringify([seed, name]);
      own.set(client, [...(own.get(client) ?? []), [round, value]]);
      curves.set(method, own);
    }
  return facts.methods.flatMap((method) => {
    const all = [...(curves.get(method)?.values() ?? [])].map((points) => {
      const sorted = points.toSorted((a, b) => a[0] - b[0]);
      const best = sorted.reduce((most, own) => (sign * (own[1] - most[1]) > 0 ? own : most));
      return { best, last: sorted.at(-1)! };
    });
    if (all.length === 0) return [];
    const average = (of: (own: (typeof all)[number]) => number) =>
      all.reduce((sum, own) => sum + of(own), 0) / all.length;
    return [
      {
        method,
        rounds: 1 + average(({ last }) => last[0]),
        bestRound: 1 + average(({ best }) => best[0]),
        best: average(({ best }) => best[1]),
        last: average(({ last }) => last[1]),
        test: facts.result.methods[method]!.macro[metric]?.mean,
      },
    ];
  });
}

/** Whether more training made it worse, and whether the test falls short of validation. */
export function overFitting(facts: Facts, fits: readonly Fit[]): Check | undefined {
  const { lead } = facts;
  if (lead === undefined) return undefined;
  const metric = selectionMetric(facts);
  const sign = direction(metric);
  const label = metricLabel(metric);
  const risk = "Over-fitting";
  const looked = `validation ${label} by round, means over clients and seeds, and the test value of the same metric`;
  const own = fits.find(({ method }) => method === lead);
  if (own === undefined)
    return {
      kind: "unknown",
      risk,
      looked,
      text: `${methodLabel(lead)} has no validation values by round.`,
    };
  const training = facts.result.experiment["training"] as { select?: unknown } | undefined;
  const keepsBest = training?.select !== "last";
  const macro = facts.result.methods[lead]!.macro[metric];
  const width = macro === undefined ? Infinity : (macro.high - macro.low) / 2;
  const fall = sign * (own.best - own.last);
  const gap = own.test === undefined ? undefined : sign * (own.best - own.test);
  const short = gap !== undefined && gap > width;
  const items = [
    ...(short
      ? [
          `the test value falls ${gap.toFixed(4)} short of validation at the best round, more than half the width of its 95% interval: rounds were chosen by few validation rows, or test rows differ`,
        ]
      : []),
    ...(fall > width && !keepsBest
      ? [`the last round, which is kept, falls ${fall.toFixed(4)} short of the best one`]
      : []),
  ];
  const told = `${methodLabel(lead)} reached its best validation round at ${own.bestRound.toFixed(1)} of ${own.rounds.toFixed(1)} rounds on average (${metricValue(own.best)})`;
  const after =
    fall > 0
      ? `, and ended ${fall.toFixed(4)} short of it${keepsBest ? "; the best round is kept" : ""}`
      : "";
  const test = gap === undefined ? "" : ` The test value is ${metricValue(own.test)}.`;
  return {
    kind: items.length > 0 ? "found" : "clear",
    risk,
    looked,
    text: `${told}${after}.${test}`,
    items,
  };
}

/** The same in numbers, method by method. */
export function fitTable(facts: Facts, fits: readonly Fit[]): Html {
  const metric = selectionMetric(facts);
  const sign = direction(metric);
  return scrollTable(
    html`<thead>
        <tr>
          <th scope="col">Method</th>
          <th scope="col">Best round</th>
          <th scope="col">Rounds</th>
          <th scope="col">Validation, best</th>
          <th scope="col">last</th>
          <th scope="col">Change since</th>
          <th scope="col">Test</th>
          <th scope="col">Test minus best</th>
        </tr>
      </thead>
      <tbody>
        ${fits.map(
          ({ method, bestRound, rounds, best, last, test }) =>
            html`<tr>
              <th scope="row">${methodLabel(method)}</th>
              <td>${mean(Number(bestRound.toFixed(1)))}</td>
              <td>${mean(Number(rounds.toFixed(1)))}</td>
              <td>${metricValue(best)}</td>
              <td>${metricValue(last)}</td>
              <td>${signed(last - best)}</td>
              <td>${metricValue(test)}</td>
              <td>${signed(test === undefined ? undefined : test - best)}</td>
            </tr>`,
        )}
      </tbody>`,
    {
      label: "Validation and test by method",
      sortable: true,
      caption: `${metricLabel(metric)}${sign === -1 ? ", lower is better" : ""}: each client's own validation rows, means over clients and seeds; the best round of a client is its own. The best of many rounds is slightly too good, so a test value a little below it is expected.`,
    },
  );
}
