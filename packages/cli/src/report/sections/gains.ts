import { forestAxis, forestRow, forestScale } from "../charts/forest.ts";
import { sizeGain } from "../charts/size-gain.ts";
import { MACRO, macroNote, type Comparison, type Facts } from "../facts.ts";
import { pValue, signed, signedInterval } from "../format.ts";
import { html, type Html } from "../html.ts";
import { direction, methodLabel, metricLabel } from "../labels.ts";
import { mark, verdictClass } from "../widgets/mark.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { switchOf } from "../widgets/switch.ts";
import { block, type Section } from "./section.ts";

/** What each client gains over training alone, and whether size decides it. */
export function gains(facts: Facts): Section | undefined {
  const { metric } = facts.result;
  const methods =
    facts.lead === undefined
      ? []
      : [facts.lead, ...facts.federated.filter((name) => name !== facts.lead)];
  const compared = methods.filter((method) => comparisonsOf(facts, method).length > 0);
  if (compared.length === 0) return undefined;
  const lead = compared[0]!;
  const lower = direction(metric) === -1 && " Lower is better, so a negative difference is a gain.";
  const left = macroNote(facts.result, metric);
  const points = comparisonsOf(facts, lead);
  return {
    id: "gains",
    title: "What each client gains",
    content: html`<p class="lead">
        Difference in ${metricLabel(metric)} to the client's own local-only model, with its 95%
        interval.${lower}${left && ` ${left}`}
      </p>
      ${switchOf(
        compared.map((method) => ({ label: methodLabel(method), content: forest(facts, method) })),
        { legend: "Federated method", name: "gain" },
      )}
      ${
        points.length > 1 &&
        block(
          "Gain against size",
          html`<figure>
            <figcaption>
              ${methodLabel(lead)}: each client's difference to local-only training by its number of
              training rows.
            </figcaption>
            <div class="frame">
              ${sizeGain(points, (client) => facts.result.clients[client]!.train, metricLabel(metric))}
            </div>
          </figure>`,
        )
      }`,
  };
}

function comparisonsOf(facts: Facts, method: string): Comparison[] {
  return facts.shown.flatMap(
    (client) => facts.comparison(method, client, facts.result.metric) ?? [],
  );
}

function forest(facts: Facts, method: string): Html {
  const { metric } = facts.result;
  const rows = comparisonsOf(facts, method);
  const macro = facts.comparison(method, MACRO, metric);
  const scale = forestScale(macro ? [...rows, macro] : rows);
  const row = (entry: Comparison, name: string, className = "") =>
    html`<tr class="${className} ${verdictClass(entry.verdict)}">
      <th scope="row">${name}</th>
      <td class="plot">${forestRow(entry, scale)}</td>
      <td>
        <span class="value gain">${signed(entry.difference)}${mark(entry.verdict)}</span
        ><small>${signedInterval(entry.low, entry.high)}</small>
      </td>
      <td class="wide">${pValue(entry.pHolm)}</td>
    </tr>`;
  return scrollTable(
    html`<thead>
        <tr>
          <th scope="col">Client</th>
          <th scope="col" class="text">Difference to local</th>
          <th scope="col">Value</th>
          <th scope="col" class="wide">p (Holm)</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((entry) => row(entry, entry.client))}${macro && row(macro, "Mean of clients", "total")}
      </tbody>
      <tfoot>
        <tr>
          <td></td>
          <td class="plot">${forestAxis(scale)}</td>
          <td></td>
          <td class="wide"></td>
        </tr>
      </tfoot>`,
    { label: `Gains of ${methodLabel(method)} over local training`, className: "forest" },
  );
}
