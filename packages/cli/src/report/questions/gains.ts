import { VERDICTS } from "../charts/forest-chart.ts";
import { MACRO, macroNote, type Facts } from "../facts.ts";
import { count, list, pValue, signed, signedInterval } from "../format.ts";
import { html, type Html } from "../html.ts";
import { direction, methodLabel, metricLabel } from "../labels.ts";
import { block, folded, type Section } from "../sections/section.ts";
import { chartBlock } from "../widgets/chart-block.ts";
import { mark, verdictClass } from "../widgets/mark.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { shapeKeys } from "../widgets/shape-keys.ts";
import { switchOf } from "../widgets/switch.ts";
import {
  baselineLabel,
  clientRows,
  comparedMethods,
  comparisonsOf,
  forestVariants,
  MEAN,
  sizeVariants,
} from "./gain-charts.ts";

/** Names in a sentence. */
const NAMES = 4;

/** What does each client gain over training alone, and does its size decide it? */
export function gainsQuestion(facts: Facts): Section | undefined {
  const methods = comparedMethods(facts);
  const [lead] = methods;
  if (lead === undefined) return undefined;
  const { metric } = facts.result;
  const label = metricLabel(metric);
  const left = macroNote(facts.result, metric);
  const variants = forestVariants(facts, methods);
  const sizes = comparisonsOf(facts, lead, metric).map(
    ({ client }) => facts.result.clients[client]!.train,
  );
  const sized = new Set(sizes).size > 1;
  return {
    id: "gains",
    title: "What does each client gain?",
    answer: gainsAnswer(facts, lead),
    brief: gainsBrief(facts, lead),
    content: html`${chartBlock({
      id: "gains",
      caption: html`Each client's difference to its own ${baselineLabel(facts)} model, with its 95%
      interval. Right of the dashed line is better. Clear is what stays so when all clients and
      methods are tested together (Holm), so an interval may miss the line and still leave it
      open.${left !== undefined && ` ${left}`}${shownNote(facts)}`,
      variants,
      choices: [
        { label: "Method", values: methods.map(methodLabel) },
        { label: "Metric", values: [...new Set(variants.map(({ of }) => of[1]!))] },
      ],
      rows: clientRows(facts, lead),
      below: shapeKeys([
        ["clearly better", VERDICTS.better],
        ["clearly worse", VERDICTS.worse],
        ["no clear difference", VERDICTS["no clear difference"]],
      ]),
    })}
    ${folded(
      "Every difference in numbers",
      switchOf(
        methods.map((method) => ({
          label: methodLabel(method),
          content: gainTable(facts, method),
        })),
        { legend: "Method", name: "gain" },
      ),
    )}
    ${
      sized &&
      block(
        "Does size decide?",
        chartBlock({
          id: "size",
          caption: html`Each client's difference in ${label} to ${baselineLabel(facts)} by its
          number of training rows, on a logarithmic axis; up is better.`,
          variants: sizeVariants(facts, methods),
          choices: [{ label: "Method", values: methods.map(methodLabel) }],
        }),
      )
    }`,
  };
}

/** The clients' gains in a sentence, as sure as their intervals let it be. */
export function gainsAnswer(facts: Facts, method: string): string {
  const { metric } = facts.result;
  const { better, worse, unclear } = facts.tally(method, metric);
  const sign = direction(metric);
  const sorted = facts.clients
    .flatMap((client) => facts.comparison(method, client, metric) ?? [])
    .toSorted((a, b) => sign * (b.difference - a.difference));
  const [most, least] = [sorted[0]!, sorted.at(-1)!];
  const parts = [
    better.length > 0 && `${list(better, NAMES)} clearly ${better.length === 1 ? "gains" : "gain"}`,
    worse.length > 0 && `${list(worse, NAMES)} clearly ${worse.length === 1 ? "loses" : "lose"}`,
    unclear.length > 0 &&
      `${list(unclear, NAMES)} ${unclear.length === 1 ? "shows" : "show"} no clear difference`,
  ].filter((part) => part !== false);
  const range =
    sorted.length > 1
      ? ` Differences in ${metricLabel(metric)} go from ${signed(least.difference)} (${least.client}) to ${signed(most.difference)} (${most.client}).`
      : "";
  const nobody = worse.length === 0 ? (better.length > 0 ? ", and nobody clearly loses" : "") : "";
  return `With ${methodLabel(method)}, ${parts.join("; ")}${nobody}.${range}`;
}

/** Whom pictures and tables leave out, where there are very many clients. */
function shownNote({ clients, shown }: Facts): string {
  return shown.length === clients.length
    ? ""
    : ` Shown are the ${count(shown.length)} clients with the most training rows of ${count(clients.length)}; result.json has all.`;
}

function gainsBrief(facts: Facts, method: string): string {
  const { better, worse, unclear } = facts.tally(method, facts.result.metric);
  return `${better.length} clearly better, ${worse.length} clearly worse, ${unclear.length} open.`;
}

function rowsText({ result }: Facts, client: string): string {
  const rows = result.clients[client]?.train;
  return rows === undefined ? "" : count(rows);
}

/** All metrics of one method, the headline first, client by client. */
function gainTable(facts: Facts, method: string): Html {
  const rows = facts.metrics.flatMap((metric) => {
    const macro = facts.comparison(method, MACRO, metric);
    return [
      ...comparisonsOf(facts, method, metric).map((own) => ({ metric, own, name: own.client })),
      ...(macro === undefined ? [] : [{ metric, own: macro, name: MEAN }]),
    ];
  });
  return scrollTable(
    html`<thead>
        <tr>
          <th scope="col">Client</th>
          <th scope="col">Difference</th>
          <th scope="col">95% interval</th>
          <th scope="col">p (Holm)</th>
          <th scope="col">Training rows</th>
        </tr>
      </thead>
      ${facts.metrics.map((metric) => {
        const own = rows.filter((row) => row.metric === metric);
        const lower = direction(metric) === -1 ? ": lower is better, a negative one is a gain" : "";
        return (
          own.length > 0 &&
          html`<tbody>
            <tr class="group">
              <th scope="rowgroup" colspan="5"><span>${metricLabel(metric)}${lower}</span></th>
            </tr>
            ${own.map(
              ({ own: entry, name }) =>
                html`<tr class="${name === MEAN && "total"} ${verdictClass(entry.verdict)}">
                  <th scope="row">${name}</th>
                  <td data-v="${entry.difference}">
                    <span class="value gain"
                      >${signed(entry.difference)}${mark(entry.verdict)}</span
                    >
                  </td>
                  <td data-v="${entry.low}">${signedInterval(entry.low, entry.high)}</td>
                  <td data-v="${entry.pHolm}">${pValue(entry.pHolm)}</td>
                  <td>${rowsText(facts, name)}</td>
                </tr>`,
            )}
          </tbody>`
        );
      })}`,
    { label: `Differences of ${methodLabel(method)} to ${baselineLabel(facts)}`, sortable: true },
  );
}
