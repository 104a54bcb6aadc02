import { MACRO, macroNote, type Facts, type MetricInterval } from "../facts.ts";
import { halfWidth, metricValue } from "../format.ts";
import { html, type Html } from "../html.ts";
import { direction, methodLabel, metricLabel } from "../labels.ts";
import { mark, verdictClass } from "../widgets/mark.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { switchOf } from "../widgets/switch.ts";
import { worstCell } from "./tasks.ts";

const GROUPS = [
  ["baseline", "Without a federation"],
  ["federated", "Federated"],
  ["reference", "References, not available to a real federation"],
] as const;

/** Methods by clients, one table per metric, the headline first. */
export function comparisonTables(facts: Facts): Html {
  const panels = facts.metrics.map((metric) => ({
    label: metricLabel(metric),
    content: metricTable(facts, metric),
  }));
  return html`<p class="lead">
      Test values: mean over seeds, with half the width of the 95% interval below. ▲ and ▼ mark
      clear differences to
      ${facts.baseline === undefined || facts.baseline === "local" ? "local-only training" : methodLabel(facts.baseline)}.
    </p>
    ${switchOf(panels, { legend: "Metric", name: "metric" })}`;
}

function metricTable(facts: Facts, metric: string): Html {
  const { result, shown } = facts;
  // One client alone is its own worst.
  const worst =
    facts.clients.length > 1 &&
    facts.methods.some((name) => result.methods[name]!.worst?.[metric] !== undefined);
  const more = direction(metric) === 1 ? "Higher" : "Lower";
  return scrollTable(
    html`<thead>
        <tr>
          <th scope="col">Method</th>
          <th scope="col" class="first">Mean of clients</th>
          ${worst && html`<th scope="col" class="first">Worst client</th>`}
          ${shown.map((client) => html`<th scope="col" title="${client}">${client}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${GROUPS.map(([role, title]) => {
          const methods = facts.methods.filter((name) => result.methods[name]!.role === role);
          return (
            methods.length > 0 &&
            html`<tr class="group">
                <th scope="colgroup" colspan="${shown.length + 2 + Number(worst)}">
                  <span>${title}</span>
                </th>
              </tr>
              ${methods.map((method) => methodRow(facts, method, metric, worst))}`
          );
        })}
      </tbody>`,
    {
      label: `${metricLabel(metric)} of every method and client`,
      sortable: true,
      caption: [`${metricLabel(metric)}. ${more} is better.`, macroNote(result, metric)]
        .filter((text) => text !== undefined)
        .join(" "),
    },
  );
}

function methodRow(facts: Facts, method: string, metric: string, worst: boolean): Html {
  const { macro, clients } = facts.result.methods[method]!;
  return html`<tr>
    <th scope="row">${methodLabel(method)}</th>
    ${cell(facts, method, MACRO, metric, macro[metric], "first")}
    ${worst && worstCell(facts, method, metric, "first")}${facts.shown.map((client) =>
      cell(facts, method, client, metric, clients[client]?.[metric]),
    )}
  </tr>`;
}

function cell(
  facts: Facts,
  method: string,
  client: string,
  metric: string,
  interval: MetricInterval | undefined,
  className = "",
): Html {
  const verdict = facts.comparison(method, client, metric)?.verdict;
  return html`<td class="${className} ${verdictClass(verdict)}">
    <span class="value">${metricValue(interval?.mean)}${mark(verdict)}</span>${
      interval && html`<small>${halfWidth(interval.low, interval.high)}</small>`
    }
  </td>`;
}
