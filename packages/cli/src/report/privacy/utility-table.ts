import type { UtilitySeries } from "../charts/utility-epsilon.ts";
import { epsilonText } from "../epsilon-text.ts";
import { metricValue } from "../format.ts";
import { html, type Html } from "../html.ts";
import { scrollTable } from "../widgets/scroll-table.ts";

/** The numbers of a chart of utility, the strongest promise of each series first. */
export function utilityTable(series: readonly UtilitySeries[], metric: string): Html {
  return scrollTable(
    html`<thead>
        <tr>
          <th scope="col">Method</th>
          <th scope="col" class="text">Promise</th>
          <th scope="col">Epsilon</th>
          <th scope="col">${metric}</th>
        </tr>
      </thead>
      <tbody>
        ${series.flatMap(({ name: promise, points }) =>
          points
            .toSorted((a, b) => a.epsilon - b.epsilon)
            .map(
              ({ name, epsilon, value, low, high }) =>
                html`<tr>
                  <th scope="row">${name}</th>
                  <td class="text">${promise}</td>
                  <td>${epsilon === Infinity ? "∞" : epsilonText(epsilon)}</td>
                  <td>
                    ${metricValue(value)}<small>[${metricValue(low)}, ${metricValue(high)}]</small>
                  </td>
                </tr>`,
            ),
        )}
      </tbody>`,
    { label: `${metric} against epsilon` },
  );
}
