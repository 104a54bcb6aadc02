import { utilityChart } from "../charts/utility-epsilon.ts";
import type { Facts } from "../facts.ts";
import { html, type Html } from "../html.ts";
import { methodLabel, metricLabel } from "../labels.ts";
import { unitsNote, utilityOf } from "../privacy/utility.ts";
import { utilityTable } from "../privacy/utility-table.ts";
import { keyList } from "../widgets/key-list.ts";
import { switchOf } from "../widgets/switch.ts";
import { privacyPanel } from "./privacy-panel.ts";
import { block } from "./section.ts";

/** What each method's releases promise, what that means, and what it costs; absent where nothing is promised. */
export function privacyBlock(facts: Facts): Html | undefined {
  const { methods, metric } = facts.result;
  const panels = facts.methods.flatMap((name) => {
    const { privacy } = methods[name]!;
    return privacy === undefined
      ? []
      : [{ label: methodLabel(name), content: privacyPanel(privacy, facts.shown) }];
  });
  if (panels.length === 0) return undefined;
  const series = utilityOf([{ name: "", result: facts.result }]);
  const label = metricLabel(metric);
  return html`<div class="block" id="privacy">
    <h3>What the numbers promise</h3>
    <p class="lead">
      Epsilon bounds what anybody can find out about one unit from what was released, at any time
      and with any knowledge beside it. It is an upper bound: smaller promises more, and infinity
      promises nothing.
    </p>
    ${switchOf(panels, { legend: "Method", name: "privacy" })}
    ${
      series.length > 0 &&
      block(
        "What a promise costs",
        html`<p>
            ${label}, mean over clients with its 95% interval, against the greatest epsilon of a
            method's accounts.${unitsNote(series)}
          </p>
          ${keyList(series)}
          <figure class="card chart-card">${utilityChart(series, label)}</figure>
          <details>
            <summary>The same in numbers</summary>
            ${utilityTable(series, label)}
          </details>`,
      )
    }
  </div>`;
}
