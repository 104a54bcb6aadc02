import type { Result } from "@atoll/node/results";
import type { UtilityPoint, UtilitySeries } from "../charts/utility-epsilon.ts";
import { epsilonOfJson } from "../epsilon-text.ts";
import { methodLabel } from "../labels.ts";

type Method = Result["methods"][string];

/** A run that methods are taken from. */
export interface NamedResult {
  /** Stands before the methods' names; empty where there is one run. */
  readonly name: string;
  readonly result: Result;
}

/** Colours that the theme knows. */
const COLOURS = 8;

/** The greatest epsilon of a method's accounts: what it promises everybody. Infinity without accounts. */
export function promiseOf({ privacy }: Method): number {
  if (privacy === undefined) return Infinity;
  return Math.max(...Object.values(privacy.accounts).map(({ epsilon }) => epsilonOfJson(epsilon)));
}

/**
 * The headline metric of the first run by promise: private methods, the same ones without a promise, and
 * baselines. One series for what differs in its promise alone; none where no two promises differ.
 */
export function utilityOf(runs: readonly NamedResult[]): UtilitySeries[] {
  const metric = runs[0]?.result.metric;
  const all = runs.flatMap(({ name: run, result }) =>
    Object.entries(result.methods).flatMap(([name, method]) => {
      const value = metric === undefined ? undefined : method.macro[metric];
      return value === undefined ? [] : [{ run, name, method, value }];
    }),
  );
  const privateKinds = new Set(
    all.flatMap(({ method }) => (method.privacy === undefined ? [] : [method.kind])),
  );
  const series = new Map<string, Pick<UtilitySeries, "unit"> & { points: UtilityPoint[] }>();
  for (const { run, name, method, value } of all) {
    if (!(privateKinds.has(method.kind) || method.role === "baseline")) continue;
    const key = seriesName(method);
    const point = {
      name: [...(run === "" ? [] : [run]), methodLabel(name)].join(", "),
      epsilon: promiseOf(method),
      value: value.mean,
      low: value.low,
      high: value.high,
    };
    const own = series.get(key) ?? { unit: method.privacy?.unit, points: [] };
    own.points.push(point);
    series.set(key, own);
  }
  const promises = new Set(
    [...series.values()].flatMap(({ points }) => points.map(({ epsilon }) => epsilon)),
  );
  if (privateKinds.size === 0 || promises.size < 2) return [];
  return [...series].map(([name, own], i) => ({ name, colour: 1 + (i % COLOURS), ...own }));
}

/** What has to be said where promises to different units stand side by side; empty elsewhere. */
export function unitsNote(series: readonly UtilitySeries[]): string {
  const units = new Set(series.flatMap(({ unit }) => unit ?? []));
  return units.size > 1 ? " Epsilons of different units do not compare." : "";
}

function seriesName({ kind, privacy }: Method): string {
  const promise = privacy === undefined ? "no promise" : `${privacy.kind}, unit ${privacy.unit}`;
  return `${methodLabel(kind)}: ${promise}`;
}
