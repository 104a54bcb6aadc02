import { MACRO, type Comparison, type Facts } from "../facts.ts";
import { signed, signedInterval } from "../format.ts";
import { html, type Html } from "../html.ts";
import { direction, methodLabel, metricLabel } from "../labels.ts";
import { mark, verdictClass } from "../widgets/mark.ts";
import { scrollTable } from "../widgets/scroll-table.ts";

/** Every method against every other: differences of means, and verdicts where a pair was tested. */
export function pairwiseTable(facts: Facts): Html | undefined {
  const { methods, metric, comparisons } = facts.result;
  const names = facts.methods.filter((name) => methods[name]!.macro[metric] !== undefined);
  if (names.length < 3) return undefined;
  const tested = new Map(
    comparisons
      .filter((own) => own.client === MACRO && own.metric === metric)
      .map((own) => [JSON.stringify([own.method, own.against]), own]),
  );
  const paired = (method: string, against: string): Comparison | undefined =>
    tested.get(JSON.stringify([method, against])) ??
    turned(tested.get(JSON.stringify([against, method])));
  return scrollTable(
    html`<thead>
        <tr>
          <th scope="col">Method</th>
          ${names.map((name) => html`<th scope="col" title="${name}">${methodLabel(name)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${names.map(
          (method) =>
            html`<tr>
              <th scope="row">${methodLabel(method)}</th>
              ${names.map((against) => {
                if (method === against) return html`<td class="even">·</td>`;
                const own = paired(method, against);
                const difference =
                  methods[method]!.macro[metric]!.mean - methods[against]!.macro[metric]!.mean;
                return html`<td class="${verdictClass(own?.verdict)}" data-v="${difference}">
                  <span class="value"
                    >${signed(own?.difference ?? difference)}${mark(own?.verdict, methodLabel(against))}</span
                  >${own !== undefined && html`<small>${signedInterval(own.low, own.high)}</small>`}
                </td>`;
              })}
            </tr>`,
        )}
      </tbody>`,
    {
      label: "Every method against every other",
      sortable: true,
      caption: `Row minus column: ${metricLabel(metric)}, mean of clients.${direction(metric) === -1 ? " Lower is better." : ""} An interval and a mark stand where the pair was tested (evaluation.against names more); without them it is a difference of two means and no more.`,
    },
  );
}

/** The same pair, seen from the other side. */
function turned(own: Comparison | undefined): Comparison | undefined {
  if (own === undefined) return undefined;
  const verdicts = { better: "worse", worse: "better" } as const;
  return {
    ...own,
    method: own.against,
    against: own.method,
    difference: -own.difference,
    low: -own.high,
    high: -own.low,
    verdict: own.verdict === "no clear difference" ? own.verdict : verdicts[own.verdict],
  };
}
