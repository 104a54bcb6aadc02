import { parseMetric } from "@atoll/core/metrics";
import type { TuneResult } from "@atoll/node/tune";
import { metricValue } from "../format.ts";
import { html, type Html } from "../html.ts";
import { stillPage } from "../page/index.ts";
import type { Section } from "../sections/section.ts";
import { parameterText } from "./axis.ts";
import { parameterChart } from "./parameter-chart.ts";
import { tuneStyle } from "./style.ts";
import { rungColour, trialsChart } from "./trials-chart.ts";
import { trialsTable } from "./trials-table.ts";

/** The page of a tune: one HTML file that needs nothing else, not even a script. */
export function renderTune(result: TuneResult): string {
  const metric = parseMetric(result.objective.metric).label;
  const title = headline(result, metric);
  const names = Object.keys(result.parameters);
  const sections: Section[] = [
    {
      id: "trials",
      title: "Every trial",
      content: html`<p class="lead">
          ${metric} on validation rows, mean over clients and seeds, in the order the trials ran;
          the lines follow the best so
          far.${someFailed(result) && " A cross is a trial that failed."}
        </p>
        ${legend(result)}
        <figure class="card wide-card">${trialsChart(result, metric)}</figure>`,
    },
    {
      id: "parameters",
      title: names.length === 1 ? "The parameter" : "Each parameter",
      content: html`<p class="lead">
          The same trials against ${names.length === 1 ? "the parameter" : "each parameter"}; the
          large point is the best.
        </p>
        <div class="panels-grid">
          ${names.map(
            (name) =>
              html`<figure class="card">
                <h4>${name}</h4>
                ${parameterChart(result, name, metric)}
              </figure>`,
          )}
        </div>`,
    },
    { id: "table", title: "All numbers", content: trialsTable(result, metric) },
    { id: "protocol", title: "How this was measured", content: protocol(result, metric) },
  ];
  const measured = result.best === undefined ? sections.slice(2) : sections;
  return stillPage({
    title,
    kind: "tune",
    eyebrow: `${result.experiment}, method ${result.method}`,
    facts: bestValues(result),
    skip: { to: "table", text: "Skip to the numbers" },
    sections: measured,
    source: "Atoll from tune.json of this tune",
    style: tuneStyle,
  });
}

function headline({ best, rungs, trials }: TuneResult, metric: string): string {
  if (best?.outcome.kind !== "measured") return `None of ${trials.length} trials could be measured`;
  return `The best of ${rungs[0]!.trials} settings reaches ${metric} ${metricValue(best.outcome.value)} on validation rows`;
}

function bestValues({ best }: TuneResult): Html | false {
  return (
    best !== undefined &&
    html`<ul class="chips">
      ${Object.entries(best.values).map(
        ([name, value]) => html`<li>${name} <b>${parameterText(value)}</b></li>`,
      )}
    </ul>`
  );
}

function someFailed({ trials }: TuneResult): boolean {
  return trials.some(({ outcome }) => outcome.kind === "failed");
}

function legend({ rungs }: TuneResult): Html | false {
  return (
    rungs.length > 1 &&
    html`<div class="legend">
      ${rungs.map(
        ({ trials, rounds }, i) =>
          html`<span
            ><span class="key" style="background:${rungColour(i + 1)}"></span>${trials}
            setting${trials === 1 ? "" : "s"}, ${rounds} round${rounds === 1 ? "" : "s"}</span
          >`,
      )}
    </div>`
  );
}

function protocol({ strategy, rungs, seeds, objective }: TuneResult, metric: string): Html {
  const rows: [string, string][] = [
    [
      "Objective",
      `${metric}, ${objective.higherIsBetter ? "higher" : "lower"} is better: each client's own validation rows, the unweighted mean over clients, the mean over seeds ${seeds.join(", ")}`,
    ],
    [
      "Test rows",
      "set aside before anything trained: no trial reads a label of them; only an ordinary run of best.yaml does",
    ],
    [
      "What it is worth",
      "the best of many validation values is optimistic, and more so the more settings were tried; the test value of best.yaml is the one to report",
    ],
  ];
  switch (strategy.kind) {
    case "grid":
      rows.push(["Search", "every combination of the grid"]);
      break;
    case "random":
      rows.push(["Search", `settings drawn independently with seed ${strategy.seed}`]);
      break;
    case "successive-halving":
      rows.push([
        "Search",
        `successive halving: settings drawn with seed ${strategy.seed}; one in ${strategy.eta} is promoted (${rungs.map(({ trials, rounds }) => `${trials} for ${rounds}`).join(", ")} rounds); a promoted setting trains anew from its first round, which gives the numbers that continuing would`,
      ]);
  }
  return html`<dl class="pairs">
    ${rows.map(
      ([topic, own]) =>
        html`<dt>${topic}</dt>
          <dd>${own}</dd>`,
    )}
  </dl>`;
}
