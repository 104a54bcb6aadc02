import { validationsOf, type MetricsLine } from "@atoll/node/results";
import type { ChartData } from "../charts/chart.ts";
import { dashesOf, lineChart } from "../charts/line-chart.ts";
import type { Facts } from "../facts.ts";
import { list, metricValue } from "../format.ts";
import { html, type Html } from "../html.ts";
import { methodLabel, metricLabel } from "../labels.ts";
import { selectionMetric } from "../risks/over-fitting.ts";
import { block } from "../sections/section.ts";
import { chartBlock } from "../widgets/chart-block.ts";

/** Colours that the theme knows. */
const COLOURS = 8;
/** More points of a line than this look the same. */
const MOST_POINTS = 120;
const NAMES = 9;

/** Validation by round: one chart per client, one line per method, each of which may be switched off. */
export function learningBlock(facts: Facts, lines: readonly MetricsLine[]): Html | undefined {
  const sums = sumsOf(lines);
  const methods = facts.methods.filter((method) => sums.has(method));
  const variants = facts.shown.flatMap((client): ChartData["variants"] => {
    const own = methods.flatMap((name, i) => {
      const points = thinned(pointsOf(sums.get(name)!.get(client)));
      return points.length === 0 ? [] : [{ name, i, points }];
    });
    if (own.length === 0) return [];
    return [
      {
        of: [client],
        chart: {
          ...lineChart({
            x: "round",
            y: `validation ${metricLabel(selectionMetric(facts))}`,
            lines: own.map(({ name, i, points }) => ({
              name: methodLabel(name),
              colour: `var(--s${1 + (i % COLOURS)})`,
              strong: name === facts.lead,
              dashes: dashesOf(i),
              points: points.map(
                ([round, value]) => [round + 1, value, metricValue(value)] as const,
              ),
            })),
          }),
          summary: `${client}, last round that was seen: ${list(
            own.map(({ name, points }) => `${methodLabel(name)} ${metricValue(points.at(-1)![1])}`),
            NAMES,
          )}.`,
        },
      },
    ];
  });
  if (variants.length === 0) return undefined;
  return html`<div id="learning">
    ${block(
      "How training went",
      chartBlock({
        id: "learning",
        caption:
          "Validation value by round, mean over the seeds still training. Each client is scored at its own best round.",
        variants,
        choices: [{ label: "Client", values: variants.map(({ of }) => of[0]!) }],
        keys: methods.map((name, i) => ({
          name: methodLabel(name),
          colour: 1 + (i % COLOURS),
          dashes: dashesOf(i),
        })),
      }),
    )}
  </div>`;
}

interface Sum {
  total: number;
  seeds: number;
}
type ByRound = Map<number, Sum>;

/** Sums over seeds by method, client and round. */
function sumsOf(lines: readonly MetricsLine[]): Map<string, Map<string, ByRound>> {
  const sums = new Map<string, Map<string, ByRound>>();
  for (const line of lines)
    for (const [client, value] of validationsOf(line)) {
      const { method, round } = line;
      const clients = sums.get(method) ?? new Map<string, ByRound>();
      const rounds = clients.get(client) ?? new Map<number, Sum>();
      const sum = rounds.get(round) ?? { total: 0, seeds: 0 };
      rounds.set(round, { total: sum.total + value, seeds: sum.seeds + 1 });
      clients.set(client, rounds);
      sums.set(method, clients);
    }
  return sums;
}

function pointsOf(rounds: ByRound | undefined): (readonly [round: number, value: number])[] {
  return [...(rounds ?? [])]
    .map(([round, { total, seeds }]) => [round, total / seeds] as const)
    .sort((a, b) => a[0] - b[0]);
}

/** Every n-th point, the last among them. */
function thinned<P>(points: readonly P[]): P[] {
  const step = Math.ceil(points.length / MOST_POINTS);
  return points.filter((_, i) => i % step === 0 || i === points.length - 1);
}
