import type { ChartData } from "../charts/chart.ts";
import { rowChart } from "../charts/row-chart.ts";
import { VERDICTS } from "../charts/forest-chart.ts";
import type { Facts } from "../facts.ts";
import { list, signed } from "../format.ts";
import { direction, methodLabel, metricLabel } from "../labels.ts";
import { comparedMethods, comparisonsOf } from "../questions/gain-charts.ts";

const NAMES = 6;

/** Where every client's gain lies, a row for each method: how evenly gains are shared out. */
export function spreadVariants(facts: Facts): ChartData["variants"] {
  const methods = comparedMethods(facts);
  return facts.metrics.flatMap((metric) => {
    const label = metricLabel(metric);
    const sign = direction(metric);
    const rows = methods.flatMap((method) => {
      const own = comparisonsOf(facts, method, metric);
      return own.length < 2 ? [] : [{ method, own }];
    });
    if (rows.length === 0) return [];
    const ends = rows.map(({ method, own }) => {
      const sorted = own.toSorted((a, b) => sign * (a.difference - b.difference));
      return `${methodLabel(method)} ${signed(sorted[0]!.difference)} (${sorted[0]!.client}) to ${signed(sorted.at(-1)!.difference)} (${sorted.at(-1)!.client})`;
    });
    return [
      {
        of: [label],
        chart: {
          ...rowChart({
            rows: rows.map(({ method }) => methodLabel(method)),
            axis: `${label} difference, right is better`,
            zero: true,
            reversed: sign === -1,
            series: Object.entries(VERDICTS).map(([verdict, look]) => ({
              name: verdict,
              ...look,
              points: rows.flatMap(({ method, own }) =>
                own
                  .filter((entry) => entry.verdict === verdict)
                  .map(({ client, difference }) => ({
                    row: methodLabel(method),
                    value: difference,
                    tip: `${client}, ${methodLabel(method)}\n${signed(difference)}\n${verdict}`,
                  })),
              ),
            })),
          }),
          summary: `From the client that gains least to the one that gains most: ${list(ends, NAMES)}.`,
        },
      },
    ];
  });
}
