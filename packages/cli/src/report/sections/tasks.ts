import { MACRO, type Facts } from "../facts.ts";
import { halfWidth, metricValue } from "../format.ts";
import { html, type Html } from "../html.ts";
import { methodLabel, metricLabel, ofAllTasks } from "../labels.ts";
import { mark, verdictClass } from "../widgets/mark.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { block } from "./section.ts";

/** The headline metric of every task side by side: the mean over clients and the client served worst. */
export function taskTable(facts: Facts): Html | undefined {
  const { result } = facts;
  const metrics = ofAllTasks(result.metric, facts.metrics);
  if (metrics.length < 2) return undefined;
  const worst = metrics.some((metric) =>
    facts.methods.some((name) => worstOf(facts, name, metric)),
  );
  return block(
    "Task by task",
    html`<p>
      Mean of clients${worst && ", and the client that the method serves worst"}. A method chosen
      for one task may lose on another.
    </p>`,
    scrollTable(
      html`<thead>
          <tr>
            <th scope="col">Method</th>
            ${metrics.map(
              (metric) =>
                html`<th scope="col">${metricLabel(metric)}</th>
                  ${worst && html`<th scope="col">worst client</th>`}`,
            )}
          </tr>
        </thead>
        <tbody>
          ${facts.methods.map(
            (name) =>
              html`<tr>
                <th scope="row">
                  ${methodLabel(name)}${result.methods[name]!.role === "reference" && " (reference)"}
                </th>
                ${metrics.map((metric) => {
                  const macro = result.methods[name]!.macro[metric];
                  const verdict = facts.comparison(name, MACRO, metric)?.verdict;
                  return html`<td class="${verdictClass(verdict)}">
                      <span class="value">${metricValue(macro?.mean)}${mark(verdict)}</span>${
                        macro && html`<small>${halfWidth(macro.low, macro.high)}</small>`
                      }
                    </td>
                    ${worst && worstCell(facts, name, metric)}`;
                })}
              </tr>`,
          )}
        </tbody>`,
      { label: "The headline metric of every task" },
    ),
  );
}

/** The worst client's mean, and who it is. */
export function worstCell(facts: Facts, method: string, metric: string, className?: string): Html {
  const worst = worstOf(facts, method, metric);
  return html`<td${className !== undefined && html` class="${className}"`}>
    <span class="value">${metricValue(worst?.mean)}</span>${
      worst && html`<small>${worst.client}</small>`
    }
  </td>`;
}

function worstOf(facts: Facts, method: string, metric: string) {
  return facts.result.methods[method]!.worst?.[metric];
}
