import type { Facts, MethodResult } from "../facts.ts";
import { barChart } from "../charts/bar-chart.ts";
import type { Chart } from "../charts/chart.ts";
import { bytes, byteUnitOf, list } from "../format.ts";
import { html, type Html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import { chartBlock, onlyChart } from "../widgets/chart-block.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { byGroup } from "./model-parts.ts";
import { block, folded } from "./section.ts";

interface Told {
  readonly name: string;
  readonly stage: Stage;
  readonly arrays: Arrays;
}

type Stage = NonNullable<MethodResult["stages"]>[number];
type Arrays = NonNullable<Stage["arrays"]>;

/** Where models are exchanged. */
const TRAINING = "train";
/** Names of arrays whose contents pages know. */
const KNOWN = [
  "expert:",
  "gate:",
  "tower:",
  "parameters",
  "memories",
  "state",
  "table:",
  "uses:",
  "control:",
];
const REST = "headers and metadata";
/** Colours that the theme knows. */
const COLOURS = 8;
/** Names in a summary. */
const LONGEST = 9;

/** Which parts of the model the training stage of a method sends up, the most bytes first. */
export function sentInTraining(facts: Facts, method: string): string[] {
  const stage = facts.result.methods[method]?.stages?.find((own) => own.stage === TRAINING);
  if (stage?.arrays === undefined) return [];
  return linesOf(stage, stage.arrays)
    .filter(({ up, group }) => up > 0 && group !== REST)
    .toSorted((a, b) => b.up - a.up)
    .map(({ group }) => group);
}

/** What the training stage of each federated method sends, part by part of the model, and what stays at home. */
export function partTraffic(facts: Facts): Html | undefined {
  const { methods } = facts.result;
  const told = facts.federated.flatMap((name) => {
    const stage = methods[name]!.stages?.find((own) => own.stage === TRAINING);
    const arrays = stage?.arrays ?? {};
    return stage === undefined || Object.keys(arrays).length === 0 ? [] : [{ name, stage, arrays }];
  });
  if (told.length === 0) return undefined;
  const chart = chartBlock({
    id: "parts",
    caption: "What clients send up in one training, all clients together, by part of the model.",
    variants: onlyChart(partChart(told)),
  });
  return block(
    "What training sends, part by part of the model",
    html`<p>
      Numbers alone; headers, losses and row counts are the last line of each method. Each time: one
      client in one round, the mean over all rounds. In all: every client and round of one seed.
    </p>`,
    chart,
    folded(
      "Bytes of each part",
      scrollTable(
        html`<thead>
            <tr>
              <th scope="col">Part</th>
              <th scope="col">Up, each time</th>
              <th scope="col">Down, each time</th>
              <th scope="col">Up in all</th>
              <th scope="col">Down in all</th>
            </tr>
          </thead>
          ${told.map(
            ({ name, stage, arrays }) =>
              html`<tbody>
                <tr class="group">
                  <th colspan="5" scope="colgroup"><span>${methodLabel(name)}</span></th>
                </tr>
                ${linesOf(stage, arrays).map(
                  ({ label, up, down }) =>
                    html`<tr>
                      <th scope="row">${label}</th>
                      <td>${bytes(up / Math.max(1, stage.answers))}</td>
                      <td>${bytes(down / Math.max(1, stage.answers))}</td>
                      <td>${bytes(up)}</td>
                      <td>${bytes(down)}</td>
                    </tr>`,
                )}
              </tbody>`,
          )}`,
        { label: "Bytes by part of the model", className: "by-part", sortable: true },
      ),
    ),
    html`<ul class="notes">
      ${told.map(
        ({ name, arrays }) =>
          html`<li>
            ${methodLabel(name)} keeps at home ${list(atHome(facts, Object.keys(arrays)))}: no row,
            no label, no score travels.
          </li>`,
      )}
    </ul>`,
  );
}

/** Bytes up by group of arrays, a bar for each method. */
function partChart(told: readonly Told[]): Chart {
  const lines = told.map(({ stage, arrays }) => linesOf(stage, arrays));
  const groups = [...new Set(lines.flatMap((own) => own.map(({ group }) => group)))];
  const up = (i: number, wanted: string) =>
    lines[i]!.filter(({ group }) => group === wanted).reduce((sum, line) => sum + line.up, 0);
  const unit = byteUnitOf(Math.max(...told.map(({ stage }) => stage.bytesUp)));
  return {
    ...barChart({
      rows: told.map(({ name }) => methodLabel(name)),
      axis: `${unit.name} up`,
      stacked: true,
      series: groups.map((group, g) => ({
        name: group,
        colour: `var(--s${1 + (g % COLOURS)})`,
        bars: told.map(({ name }, i) => ({
          value: up(i, group) / unit.size,
          tip: `${methodLabel(name)}\n${group}: ${bytes(up(i, group))} up`,
        })),
      })),
    }),
    summary: `Up in training: ${list(
      told.map(({ name, stage }, i) => {
        const most = groups.reduce((a, b) => (up(i, b) > up(i, a) ? b : a));
        return `${methodLabel(name)} ${bytes(stage.bytesUp)}, most of it ${most}`;
      }),
      LONGEST,
    )}.`,
  };
}

/** Groups of arrays and, last, what is left to the messages' bytes. */
function linesOf(
  stage: Stage,
  arrays: Arrays,
): { group: string; label: string; up: number; down: number }[] {
  const groups = [...byGroup(Object.keys(arrays))].map(([group, names]) => ({
    group,
    label: names.length > 1 ? `${group} (${names.length})` : group,
    up: names.reduce((sum, name) => sum + arrays[name]!.up, 0),
    down: names.reduce((sum, name) => sum + arrays[name]!.down, 0),
  }));
  const rest = (all: number, of: (line: { up: number; down: number }) => number) =>
    Math.max(0, all - groups.reduce((sum, line) => sum + of(line), 0));
  return [
    ...groups,
    {
      group: REST,
      label: REST,
      up: rest(stage.bytesUp, ({ up }) => up),
      down: rest(stage.bytesDown, ({ down }) => down),
    },
  ];
}

/** What a method declares no array for, as far as the names of its arrays tell. */
function atHome(facts: Facts, names: readonly string[]): string[] {
  const travels = (prefix: string) => names.some((name) => name.startsWith(prefix));
  // Arrays part by part: what is not among them stays. One array of all dense parameters tells nothing of gates.
  const byPart = travels("expert:");
  // Names of other kinds may carry rows of embeddings too: nothing is claimed of them.
  const known = names.every((name) => KNOWN.some((prefix) => name.startsWith(prefix)));
  const model = facts.result.experiment["model"] as { readonly batchNorm?: unknown } | undefined;
  const withTask = names.some((name) => /^expert:\d+\/task/.test(name));
  return [
    ...(known && !travels("table:") ? ["embedding rows"] : []),
    ...(names.some((name) => /^expert:\d+\/(global|scenario)$/.test(name)) && !withTask
      ? ["task factors of experts"]
      : []),
    ...(byPart && !travels("gate:") ? ["gates"] : []),
    ...(byPart && !travels("tower:") ? ["towers"] : []),
    ...(model?.batchNorm === true && !travels("state")
      ? ["scale, shift and statistics of normalisation layers"]
      : []),
    "the data",
  ];
}
