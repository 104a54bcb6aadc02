import type { TuneResult } from "@atoll/node/tune";
import { duration, metricValue } from "../format.ts";
import { html, type Html } from "../html.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { parameterText } from "./axis.ts";
import { bestFirst } from "./order.ts";
import { shortNames } from "./short-names.ts";

/** Every trial, the best first. */
export function trialsTable(result: TuneResult, metric: string): Html {
  const names = Object.keys(result.parameters);
  const trials = bestFirst(result);
  return scrollTable(
    html`<thead>
        <tr>
          <th scope="col">Setting</th>
          <th scope="col">${metric}</th>
          <th scope="col">Rounds</th>
          ${shortNames(names).map(
            (name, i) => html`<th scope="col" title="${names[i]}">${name}</th>`,
          )}
          <th scope="col">Time</th>
        </tr>
      </thead>
      <tbody>
        ${trials.map(({ setting, rung, rounds, values, outcome, seconds }) => {
          const isBest = setting === result.best?.setting && rung === result.best.rung;
          return html`<tr${isBest && html` class="top"`}>
            <th scope="row">${setting}</th>
            <td>
              ${
                outcome.kind === "measured"
                  ? html`<span class="value">${metricValue(outcome.value)}</span>${
                        result.seeds.length > 1 &&
                        html`<small>sd ${metricValue(outcome.sd)}</small>`
                      }`
                  : html`<span title="${outcome.message}">${outcome.code}</span>`
              }
            </td>
            <td>
              ${rounds}${
                outcome.kind === "measured" &&
                outcome.rounds < rounds &&
                html`<small>stopped at ${Number(outcome.rounds.toFixed(1))}</small>`
              }
            </td>
            ${names.map((name) => html`<td>${parameterText(values[name])}</td>`)}
            <td>${duration(seconds)}</td>
          </tr>`;
        })}
      </tbody>`,
    { label: "Trials", caption: "Longest-trained first, then by the objective." },
  );
}
