import { utilityChart, type UtilitySeries } from "../charts/utility-epsilon.ts";
import { html } from "../html.ts";
import { metricLabel } from "../labels.ts";
import { keyList } from "../widgets/key-list.ts";
import { stillPage } from "../page/index.ts";
import { utilityTable } from "./utility-table.ts";
import { unitsNote } from "./utility.ts";

export interface UtilityPage {
  readonly series: readonly UtilitySeries[];
  /** The metric as results name it. */
  readonly metric: string;
  /** What was compared, in a line. */
  readonly runs: string;
}

/** What a promise costs: the headline metric against epsilon. */
export function renderUtility({ series, metric, runs }: UtilityPage): string {
  const label = metricLabel(metric);
  return stillPage({
    kind: "privacy",
    eyebrow: runs,
    title: `${label} against epsilon`,
    source: "Atoll from the result.json of each run",
    sections: [
      {
        id: "chart",
        title: "What a promise costs",
        content: html`<p class="lead">
            Mean over clients with its 95% interval. Epsilon is the greatest of a method's accounts;
            points further left promise more.${unitsNote(series)}
          </p>
          ${keyList(series)}
          <figure class="card chart-card">${utilityChart(series, label)}</figure>`,
      },
      { id: "numbers", title: "The numbers", content: utilityTable(series, label) },
    ],
  });
}
