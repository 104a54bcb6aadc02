import type { ChartData, ChartRows } from "../charts/chart.ts";
import { forestChart } from "../charts/forest-chart.ts";
import { planeChart } from "../charts/plane-chart.ts";
import { ROW_PX } from "../charts/row-chart.ts";
import { VERDICTS } from "../charts/forest-chart.ts";
import { MACRO, type Comparison, type Facts } from "../facts.ts";
import { count, list, signed, signedInterval } from "../format.ts";
import { direction, methodLabel, metricLabel } from "../labels.ts";

/** How pages call the unweighted mean over clients. */
export const MEAN = "Mean of clients";

/** Most forests of one figure: beyond, only the headline metric has them. */
const MOST_ROWS = 6000;
const NAMES = 4;

/** Differences of the clients shown to the baseline, in the order of the result. */
export function comparisonsOf(facts: Facts, method: string, metric: string): Comparison[] {
  return facts.shown.flatMap((client) => facts.comparison(method, client, metric) ?? []);
}

/** Every method that was compared with the baseline, the lead first, then federated ones, then others. */
export function comparedMethods(facts: Facts): string[] {
  const { metric } = facts.result;
  const first = facts.lead === undefined ? [] : [facts.lead];
  return [...new Set([...first, ...facts.federated, ...facts.methods])].filter(
    (method) => comparisonsOf(facts, method, metric).length > 0,
  );
}

/** A forest for each method and metric. */
export function forestVariants(facts: Facts, methods: readonly string[]): ChartData["variants"] {
  const every = methods.length * facts.metrics.length * facts.shown.length <= MOST_ROWS;
  const metrics = every ? facts.metrics : [facts.result.metric];
  return methods.flatMap((method) =>
    metrics.flatMap((metric) => {
      const own = comparisonsOf(facts, method, metric);
      const macro = facts.comparison(method, MACRO, metric);
      const rows = own.map((entry) => [entry.client, entry] as const);
      if (rows.length === 0) return [];
      const label = metricLabel(metric);
      return [
        {
          of: [methodLabel(method), label],
          chart: forestChart([...rows, ...(macro ? [[MEAN, macro] as const] : [])], {
            axis: `${label} difference, right is better`,
            summary: forestSummary(facts, method, metric),
            lessIsBetter: direction(metric) === -1,
            more: (name) => {
              const rows = facts.result.clients[name]?.train;
              return rows === undefined ? undefined : `${count(rows)} training rows`;
            },
          }),
        },
      ];
    }),
  );
}

/** What readers may do with the forest's rows. */
export function clientRows(facts: Facts, method: string): ChartRows {
  const { clients } = facts.result;
  const having = comparisonsOf(facts, method, facts.result.metric).map(({ client }) => client);
  return {
    noun: "clients",
    names: having,
    last: [MEAN],
    rowPx: ROW_PX,
    value: "gain",
    orders: {
      "training rows": Object.fromEntries(having.map((name) => [name, clients[name]!.train])),
    },
  };
}

/** Each client's gain against its number of training rows, a chart for each method. */
export function sizeVariants(facts: Facts, methods: readonly string[]): ChartData["variants"] {
  const { clients, metric } = facts.result;
  const label = metricLabel(metric);
  return methods.map((method) => {
    const rows = comparisonsOf(facts, method, metric);
    return {
      of: [methodLabel(method)],
      chart: {
        ...planeChart({
          x: { name: "training rows", log: true },
          y: { name: `difference in ${label}` },
          zero: true,
          reversed: direction(metric) === -1,
          series: Object.entries(VERDICTS).map(([verdict, look]) => ({
            name: verdict,
            ...look,
            points: rows
              .filter((own) => own.verdict === verdict)
              .map(({ client, difference, low, high }) => ({
                name: client,
                x: Math.max(1, clients[client]!.train),
                y: difference,
                low,
                high,
                tip: `${client}\n${count(clients[client]!.train)} training rows\n${signed(difference)}, 95% interval ${signedInterval(low, high)}`,
              })),
          })),
        }),
        summary: sizeSummary(facts, rows, method),
      },
    };
  });
}

export function baselineLabel(facts: Facts): string {
  return facts.baseline === undefined ? "local training" : methodLabel(facts.baseline);
}

function forestSummary(facts: Facts, method: string, metric: string): string {
  const { better, worse, unclear, macro } = facts.tally(method, metric);
  const part = (names: readonly string[], word: string) =>
    names.length === 0 ? [] : [`${list(names, NAMES)} ${word}`];
  const parts = [
    ...part(better, "clearly better"),
    ...part(worse, "clearly worse"),
    ...part(unclear, "without a clear difference"),
  ];
  const mean =
    macro === undefined
      ? ""
      : ` Mean of clients ${signed(macro.difference)}, 95% interval ${signedInterval(macro.low, macro.high)}.`;
  return `${methodLabel(method)} against ${baselineLabel(facts)} in ${metricLabel(metric)}: ${parts.join("; ")}.${mean}`;
}

function sizeSummary(facts: Facts, rows: readonly Comparison[], method: string): string {
  const { clients } = facts.result;
  const sorted = rows.toSorted((a, b) => clients[a.client]!.train - clients[b.client]!.train);
  const [smallest, largest] = [sorted[0]!, sorted.at(-1)!];
  const one = ({ client, difference }: Comparison) =>
    `${client} with ${count(clients[client]!.train)} training rows: ${signed(difference)}`;
  return `${methodLabel(method)}. The smallest client, ${one(smallest)}; the largest, ${one(largest)}.`;
}
