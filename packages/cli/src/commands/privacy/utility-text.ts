import { epsilonText, unitsNote, type UtilitySeries } from "../../report/index.ts";
import { table } from "../../terminal/table.ts";

/** The headline metric against epsilon as a table, the strongest promise first. */
export function utilityText(series: readonly UtilitySeries[], metric: string): string {
  const points = series
    .flatMap(({ name: promise, points: own }) => own.map((point) => ({ promise, ...point })))
    .toSorted((a, b) => (a.epsilon === b.epsilon ? 0 : a.epsilon - b.epsilon));
  const rows = points.map(({ promise, name, epsilon, value, low, high }) => [
    name,
    promise,
    epsilonText(epsilon),
    value.toFixed(4),
    `[${low.toFixed(4)}, ${high.toFixed(4)}]`,
  ]);
  const header = ["method", "promise", "epsilon", metric, "95% interval"];
  return `What a promise costs: mean over clients, epsilon the greatest of a method's accounts.${unitsNote(series)}\n\n${table([header, ...rows], { left: [0, 1] })}`;
}
