import { curveChart } from "../charts/curves.ts";
import { count } from "../format.ts";
import { html, type Html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import { markets, palette } from "./client-keys.ts";
import type { NamedDomains } from "./domain-cosines.ts";
import { block } from "./section.ts";

/** Who could not pay for another round, one line per method. */
export function retiredBlock(methods: readonly NamedDomains[]): Html | undefined {
  const having = methods.flatMap(({ name, domains: { retired } }) =>
    retired === undefined ? [] : [{ name, retired }],
  );
  if (having.length === 0) return undefined;
  const curves = having.map(({ name, retired: { byRound, clients } }, i) => ({
    name: methodLabel(name),
    colour: palette(i),
    strong: false,
    points: byRound.map((value, round) => [round + 1, (100 * value) / clients] as const),
  }));
  return block(
    "Who retired",
    html`<ul class="notes">
      ${having.map(
        ({ name, retired: { share, clients, first, rounds } }) =>
          html`<li>
            <strong>${methodLabel(name)}</strong>:
            ${
              first === undefined
                ? `none of ${count(clients)} clients retired in ${count(rounds)} rounds.`
                : `${(100 * share).toFixed(1)}% of ${count(clients)} clients retired, the first in round ${first + 1} of ${count(rounds)}.`
            }
          </li>`,
      )}
    </ul>`,
    curves.some(({ points }) => points.length > 1) &&
      html`${curves.length > 1 && markets(curves)}
        <figure class="card one-chart">
          <h4>Percent of clients retired, by round</h4>
          ${curveChart(curves, "Percent of clients retired so far, by round")}
        </figure>`,
  );
}
