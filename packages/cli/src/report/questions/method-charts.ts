import type { Chart, ChartData } from "../charts/chart.ts";
import { planeChart, type PlanePoint } from "../charts/plane-chart.ts";
import { rowChart } from "../charts/row-chart.ts";
import type { PointLook } from "../charts/symbols.ts";
import type { Facts, Role } from "../facts.ts";
import { bytes, duration, list, metricValue } from "../format.ts";
import { epsilonText } from "../epsilon-text.ts";
import { direction, methodLabel, metricLabel } from "../labels.ts";
import { promiseOf } from "../privacy/utility.ts";

/** How a method's role looks, here and in keys. */
export const ROLES: Readonly<Record<Role, PointLook>> = {
  baseline: { symbol: "square", colour: "var(--s0)", filled: true },
  federated: { symbol: "circle", colour: "var(--s1)", filled: true },
  reference: { symbol: "diamond", colour: "var(--s4)", filled: false },
};
export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  baseline: "without a federation",
  federated: "federated",
  reference: "reference, not available to a real federation",
};
export const WORST: PointLook = { symbol: "cross", colour: "var(--worse)", filled: true };

const roles = Object.keys(ROLES) as Role[];
const NAMES = 3;

/** Means over clients with their intervals, and the client served worst, a chart for each metric. */
export function methodVariants(facts: Facts): ChartData["variants"] {
  return facts.metrics.flatMap((metric) => {
    const having = facts.methods.filter(
      (name) => facts.result.methods[name]!.macro[metric] !== undefined,
    );
    return having.length === 0
      ? []
      : [{ of: [metricLabel(metric)], chart: methodChart(facts, having, metric) }];
  });
}

function methodChart(facts: Facts, names: readonly string[], metric: string): Chart {
  const { methods } = facts.result;
  const sign = direction(metric);
  const label = metricLabel(metric);
  const macro = (name: string) => methods[name]!.macro[metric]!;
  const worst =
    facts.clients.length < 2 ? [] : names.filter((name) => methods[name]!.worst?.[metric]);
  const sorted = names.toSorted((a, b) => sign * (macro(b).mean - macro(a).mean));
  return {
    ...rowChart({
      rows: names.map(methodLabel),
      axis: `${label}, right is better`,
      reversed: sign === -1,
      series: [
        {
          name: "worst client",
          ...WORST,
          sizePx: 9,
          points: worst.map((name) => {
            const { client, mean } = methods[name]!.worst![metric]!;
            return {
              row: methodLabel(name),
              value: mean,
              tip: `${methodLabel(name)}\nworst client ${client}: ${metricValue(mean)}`,
            };
          }),
        },
        ...roles.map((role) => ({
          name: ROLE_NAMES[role],
          ...ROLES[role],
          points: names
            .filter((name) => methods[name]!.role === role)
            .map((name) => {
              const { mean, low, high } = macro(name);
              return {
                row: methodLabel(name),
                value: mean,
                low,
                high,
                tip: `${methodLabel(name)}\nmean of clients ${metricValue(mean)}\n95% interval ${metricValue(low)} to ${metricValue(high)}\n${ROLE_NAMES[role]}`,
              };
            }),
        })),
      ],
    }),
    summary: `${label}, mean of clients, best first: ${list(
      sorted.map((name) => `${methodLabel(name)} ${metricValue(macro(name).mean)}`),
      9,
    )}.`,
    values: Object.fromEntries(names.map((name) => [methodLabel(name), sign * macro(name).mean])),
  };
}

interface Cost {
  readonly label: string;
  readonly axis: string;
  readonly of: (name: string) => number | undefined;
  readonly text: (value: number) => string;
}

/** The headline metric against each cost: which methods nothing beats in both. */
export function paretoVariants(facts: Facts): ChartData["variants"] {
  const { methods } = facts.result;
  const finite = (value: number) => (value > 0 && value < Infinity ? value : undefined);
  const costs: readonly Cost[] = [
    {
      label: "bytes",
      axis: "bytes in one training, all clients",
      of: (name) => finite(methods[name]!.bytes.up + methods[name]!.bytes.down),
      text: bytes,
    },
    {
      label: "epsilon",
      axis: "epsilon, the greatest of a method's accounts",
      of: (name) => finite(promiseOf(methods[name]!)),
      text: (value) => `epsilon ${epsilonText(value)}`,
    },
    {
      label: "time",
      axis: "seconds",
      of: (name) => finite(methods[name]!.seconds),
      text: duration,
    },
  ];
  return costs.flatMap((cost) => {
    const chart = paretoChart(facts, cost);
    return chart === undefined ? [] : [{ of: [cost.label], chart }];
  });
}

function paretoChart(facts: Facts, { label, axis, of, text }: Cost): Chart | undefined {
  const { methods, metric } = facts.result;
  const sign = direction(metric);
  const points = facts.methods.flatMap((name) => {
    const x = of(name);
    const macro = methods[name]!.macro[metric];
    if (x === undefined || macro === undefined || methods[name]!.role === "reference") return [];
    return [
      {
        role: methods[name]!.role,
        name: methodLabel(name),
        x,
        y: macro.mean,
        low: macro.low,
        high: macro.high,
        tip: `${methodLabel(name)}\n${metricLabel(metric)} ${metricValue(macro.mean)}, 95% interval ${metricValue(macro.low)} to ${metricValue(macro.high)}\n${text(x)}`,
      },
    ];
  });
  if (points.length < 2) return undefined;
  const front = frontOf(points, sign);
  return {
    ...planeChart({
      x: { name: axis, log: true },
      y: { name: metricLabel(metric) },
      reversed: sign === -1,
      front,
      prefer: "left",
      series: roles.map((role) => ({
        name: ROLE_NAMES[role],
        ...ROLES[role],
        points: points.filter((point) => point.role === role),
      })),
    }),
    summary: `On the dashed line no other method has both a better mean and ${label === "time" ? "less time" : label === "bytes" ? "fewer bytes" : "a smaller epsilon"}: ${list(
      front.map(({ name }) => name),
      NAMES + 3,
    )}.`,
  };
}

/** Points that no other is at least as good as in both directions, the cheapest first. */
export function frontOf<P extends Pick<PlanePoint, "x" | "y">>(
  points: readonly P[],
  sign: 1 | -1,
): P[] {
  const sorted = points.toSorted((a, b) => a.x - b.x || sign * (b.y - a.y));
  const front: P[] = [];
  for (const point of sorted) {
    const best = front.at(-1);
    if (best === undefined || sign * (point.y - best.y) > 0) front.push(point);
  }
  return front;
}
