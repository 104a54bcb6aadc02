import type { Facts, MethodResult } from "../facts.ts";
import { bytes, list } from "../format.ts";
import { html, type Html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { byGroup } from "./model-parts.ts";
import { block } from "./section.ts";

type Stage = NonNullable<MethodResult["stages"]>[number];
type Arrays = NonNullable<Stage["arrays"]>;

/** Where models are exchanged. */
const TRAINING = "train";

/** What the training stage of each federated method sends, part by part of the model, and what stays at home. */
export function partTraffic(facts: Facts): Html | undefined {
  const { methods } = facts.result;
  const told = facts.federated.flatMap((name) => {
    const stage = methods[name]!.stages?.find((own) => own.stage === TRAINING);
    const arrays = stage?.arrays ?? {};
    return stage === undefined || Object.keys(arrays).length === 0 ? [] : [{ name, stage, arrays }];
  });
  if (told.length === 0) return undefined;
  return block(
    "Training, part by part of the model",
    html`<p>
      Numbers alone; headers, losses and row counts are the last line of each method. Each time: one
      client in one round, the mean over all rounds. In all: every client and round of one seed.
    </p>`,
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
      { label: "Bytes by part of the model", className: "by-part" },
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

/** Groups of arrays and, last, what is left to the messages' bytes. */
function linesOf(stage: Stage, arrays: Arrays): { label: string; up: number; down: number }[] {
  const groups = [...byGroup(Object.keys(arrays))].map(([group, names]) => ({
    label: names.length > 1 ? `${group} (${names.length})` : group,
    up: names.reduce((sum, name) => sum + arrays[name]!.up, 0),
    down: names.reduce((sum, name) => sum + arrays[name]!.down, 0),
  }));
  const rest = (all: number, of: (line: { up: number; down: number }) => number) =>
    Math.max(0, all - groups.reduce((sum, line) => sum + of(line), 0));
  return [
    ...groups,
    {
      label: "headers and metadata",
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
  const model = facts.result.experiment["model"] as { readonly batchNorm?: unknown } | undefined;
  const withTask = names.some((name) => /^expert:\d+\/task/.test(name));
  return [
    ...(travels("table:") ? [] : ["embedding rows"]),
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
