import { pairOf, type ComparedRun, type Comparison } from "@atoll/node/comparisons";
import { forestChart, VERDICTS } from "../charts/forest-chart.ts";
import { bytes, duration, halfWidth, metricValue, pValue, signed } from "../format.ts";
import { html, type Html } from "../html.ts";
import { metricLabel } from "../labels.ts";
import { block, folded, type Section } from "../sections/section.ts";
import { chartBlock } from "../widgets/chart-block.ts";
import { mark, verdictClass } from "../widgets/mark.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { shapeKeys } from "../widgets/shape-keys.ts";
import { namesOf, type Names } from "./names.ts";
import { againstLocal } from "./standing.ts";

const MEAN = "Mean of clients";
/** Methods of which every two still fit a table. */
const MOST_PAIRED = 16;

/** One run: each method against local-only training, everywhere; all values; every two methods. */
export function runSection(comparison: Comparison, index: number): Section {
  const run = comparison.runs[index]!;
  const names = namesOf(comparison);
  const label = metricLabel(run.metric);
  const methods = Object.keys(run.methods);
  const places = [MEAN, ...run.clients];
  const variants = places.flatMap((place) => {
    const client = place === MEAN ? "macro" : place;
    const rows = methods.flatMap((method) => {
      const own = againstLocal(run, method).find((candidate) => candidate.client === client);
      return own === undefined ? [] : [[names.method(run, method), own] as const];
    });
    if (rows.length === 0) return [];
    const clear = rows.filter(([, { verdict }]) => verdict === "better").map(([name]) => name);
    const summary = `${label} over local-only training, ${place === MEAN ? "mean of clients" : place}: clearly better: ${clear.length === 0 ? "none" : clear.join(", ")}.`;
    return [
      {
        of: [place],
        chart: forestChart(rows, {
          axis: `${label} difference to local-only training, right is better`,
          summary,
          lessIsBetter: !run.higherIsBetter,
        }),
      },
    ];
  });
  const better = methods.flatMap((method) => {
    const macro = againstLocal(run, method).find(({ client }) => client === "macro");
    const { role } = run.methods[method]!;
    return macro?.verdict === "better" && role === "federated" ? [names.method(run, method)] : [];
  });
  const answer =
    better.length === 0
      ? "No federated method is clearly better than local-only training on average of its clients."
      : `Clearly better than local-only training on average of its clients: ${better.join(", ")}.`;
  return {
    id: `run-${index + 1}`,
    title: run.name,
    answer,
    brief: better.length === 0 ? "no clear gain" : `${better.length} clearly better`,
    content: html`<p class="lead">
        ${run.clients.length} ${run.clients.length === 1 ? "client" : "clients"}, seeds
        ${run.seeds.join(", ")}, from ${run.experiment}.
        <a href="${encodeURI(`${run.folder}/report.html`)}">The run's own report</a>
      </p>
      ${
        variants.length > 0 &&
        chartBlock({
          id: `run-${index + 1}`,
          variants,
          choices: [{ label: "Client", values: variants.map(({ of }) => of[0]!) }],
          below: shapeKeys(Object.entries(VERDICTS)),
        })
      }
      ${valuesTable(run, names)}
      ${methods.length <= MOST_PAIRED ? pairs(run, names) : folded(`Every two of ${methods.length} methods`, html`<p>More than a page holds: comparison.json has all of them under pairs.</p>`)}`,
  };
}

function valuesTable(run: ComparedRun, names: Names): Html {
  const { metric, methods } = run;
  const label = metricLabel(metric);
  return block(
    "All values",
    scrollTable(
      html`<thead>
          <tr>
            <th scope="col">Method</th>
            <th scope="col">${MEAN}</th>
            <th scope="col">sd of seeds</th>
            <th scope="col">Effect size</th>
            <th scope="col">Worst client</th>
            ${run.clients.map((client) => html`<th scope="col" title="${client}">${client}</th>`)}
            <th scope="col">Up</th>
            <th scope="col">Down</th>
            <th scope="col">Time</th>
            <th scope="col">Rounds</th>
          </tr>
        </thead>
        <tbody>
          ${Object.entries(methods).map(([method, own]) => {
            const held = againstLocal(run, method);
            const of = (client: string) => held.find((entry) => entry.client === client);
            const cell = (client: string, interval: (typeof own.macro)[string] | undefined) =>
              html`<td
                class="${verdictClass(of(client)?.verdict)}"
                data-v="${interval?.mean ?? ""}"
              >
                <span class="value">${metricValue(interval?.mean)}${mark(of(client)?.verdict)}</span
                >${interval && html`<small>${halfWidth(interval.low, interval.high)}</small>`}
              </td>`;
            const worst = own.worst?.[metric];
            const effect = of("macro")?.effect;
            return html`<tr>
              <th scope="row">
                ${names.method(run, method)}${own.role === "reference" && "\u00a0*"}
              </th>
              ${cell("macro", own.macro[metric])}
              <td>${metricValue(own.macro[metric]?.sd)}</td>
              <td data-v="${effect ?? ""}">${effect === undefined ? "" : signed(effect, 2)}</td>
              <td data-v="${worst?.mean ?? ""}">
                ${worst && html`${metricValue(worst.mean)} <small>${worst.client}</small>`}
              </td>
              ${run.clients.map((client) => cell(client, own.clients[client]?.[metric]))}
              <td data-v="${own.bytes.up}">${bytes(own.bytes.up)}</td>
              <td data-v="${own.bytes.down}">${bytes(own.bytes.down)}</td>
              <td data-v="${own.seconds}">${duration(own.seconds)}</td>
              <td>${Math.round(own.rounds * 10) / 10}</td>
            </tr>`;
          })}
        </tbody>`,
      {
        label: `${label} of every method and client of ${run.name}`,
        sortable: true,
        caption: `${label}, ${run.higherIsBetter ? "higher" : "lower"} is better; half the width of the 95% interval below. ▲ and ▼ mark clear differences to local-only training. Effect size: the difference to it in standard deviations of users' differences.`,
      },
    ),
  );
}

/** Rows against columns, over the mean of clients. */
function pairs(run: ComparedRun, names: Names): Html {
  const methods = Object.keys(run.methods).filter(
    (method) => run.methods[method]!.macro[run.metric] !== undefined,
  );
  return folded(
    "Every two methods",
    scrollTable(
      html`<thead>
          <tr>
            <th scope="col">Row against column</th>
            ${methods.map((method) => html`<th scope="col">${names.method(run, method)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${methods.map(
            (method) =>
              html`<tr>
                <th scope="row">${names.method(run, method)}</th>
                ${methods.map((against) => {
                  const own = method === against ? undefined : pairOf(run, method, { against });
                  if (own === undefined) return html`<td></td>`;
                  return html`<td class="${verdictClass(own.verdict)}">
                    <span class="value"
                      >${signed(own.difference)}${mark(own.verdict, names.method(run, against))}</span
                    ><small>p ${pValue(own.pHolm)}</small>
                  </td>`;
                })}
              </tr>`,
          )}
        </tbody>`,
      {
        label: `Differences of every two methods of ${run.name}`,
        caption: `${metricLabel(run.metric)} of the row less that of the column, mean of clients; p is Holm-corrected over all pairs.`,
      },
    ),
  );
}
