import { curveChart } from "../charts/curves.ts";
import { count, MISSING } from "../format.ts";
import { html, type Html } from "../html.ts";
import { methodLabel, metricLabel } from "../labels.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
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

/** What augmentation made of sequences and of validation. */
export function augmentationBlock(methods: readonly NamedDomains[]): Html | undefined {
  const having = methods.flatMap(({ name, domains: { augmentation } }) =>
    augmentation === undefined ? [] : [{ name, augmentation }],
  );
  if (having.length === 0) return undefined;
  const [metric] = having.flatMap(({ augmentation }) => augmentation.validation?.metric ?? []);
  return block(
    "What augmentation did",
    scrollTable(
      html`<thead>
          <tr>
            <th scope="col">Method</th>
            <th scope="col">Users</th>
            <th scope="col">Mean length</th>
            <th scope="col">with liked items</th>
            <th scope="col">IDRA</th>
            ${
              metric !== undefined &&
              html`<th scope="col">Validation ${metricLabel(metric)}</th>
                <th scope="col">without</th>`
            }
          </tr>
        </thead>
        <tbody>
          ${having.map(
            ({ name, augmentation: { users, validation, idra, ...lengths } }) =>
              html`<tr>
                <th scope="row">${methodLabel(name)}</th>
                <td>${count(users)}</td>
                <td>${lengths.meanLengthBefore.toFixed(2)}</td>
                <td>${lengths.meanLengthAfter.toFixed(2)}</td>
                <td>${idra === undefined ? MISSING : idra.toFixed(4)}</td>
                ${
                  metric !== undefined &&
                  html`<td>${validation === undefined ? MISSING : validation.with.toFixed(4)}</td>
                    <td>
                      ${validation === undefined ? MISSING : validation.without.toFixed(4)}
                      ${validation !== undefined && html`<small>${methodLabel(validation.against)}</small>`}
                    </td>`
                }
              </tr>`,
          )}
        </tbody>`,
      {
        label: "Augmentation by method",
        caption:
          "Training events of a user, all domains together, and with the items that augmentation says would please. IDRA: its weighted term of a user's loss at the end; 0 where augmented sequences stay near by the margin. Validation, where the run has the same method without augmentation: best round, mean over clients and seeds.",
      },
    ),
  );
}
