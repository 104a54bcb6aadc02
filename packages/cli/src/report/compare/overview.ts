import type { Comparison } from "@atoll/node/comparisons";
import { forestChart, VERDICTS } from "../charts/forest-chart.ts";
import { pValue, signedInterval } from "../format.ts";
import { html, type Html } from "../html.ts";
import { block, folded, type Section } from "../sections/section.ts";
import { chartBlock } from "../widgets/chart-block.ts";
import { mark } from "../widgets/mark.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { shapeKeys } from "../widgets/shape-keys.ts";
import { namesOf } from "./names.ts";
import { inPercent, percent } from "./percent.ts";
import { standingsOf, type Standing } from "./standing.ts";

const AXIS = "percent over local-only training, right is better";

/** Which method gains where: a forest over runs for each method, and a heat table of all of them. */
export function overview(comparison: Comparison, best: Standing | undefined): Section | undefined {
  const { runs } = comparison;
  const [first] = runs;
  const held = standingsOf(comparison).filter(({ macro }) => macro.length > 0);
  if (first === undefined || held.length === 0) return undefined;
  const names = namesOf(comparison);
  const nameOf = ({ method }: Standing) => names.method(first, method);
  // The method of the headline first.
  const order = ({ method, role }: Standing) =>
    method === best?.method ? 0 : role === "federated" ? 1 : role === "baseline" ? 2 : 3;
  const listed = held.toSorted((a, b) => order(a) - order(b) || (b.gain ?? 0) - (a.gain ?? 0));
  const variants = listed.flatMap((own) => {
    const rows = own.macro.flatMap(({ run, comparison: macro }) => {
      const scaled = inPercent(macro);
      return scaled === undefined ? [] : [[run.name, scaled] as const];
    });
    if (rows.length === 0) return [];
    const clear = rows.filter(([, { verdict }]) => verdict === "better").length;
    const summary = `${nameOf(own)} over local-only training: ${percent(own.gain)} on average of ${rows.length} ${rows.length === 1 ? "run" : "runs"}, clearly better in ${clear}.`;
    return [
      {
        of: [nameOf(own)],
        chart: forestChart(rows, { axis: AXIS, summary, lessIsBetter: false }),
      },
    ];
  });
  const top = listed[0]!;
  return {
    id: "overview",
    title: "Which method gains where?",
    answer: `${nameOf(top)}: ${percent(top.gain)} over local-only training with the same settings on average, clearly better for ${top.better} of ${top.better + top.even + top.worse} clients and clearly worse for ${top.worse}.`,
    brief: `${nameOf(top)}, ${percent(top.gain)}`,
    content: html`${
      runs.length > 1 &&
      variants.length > 0 &&
      chartBlock({
        id: "overview",
        caption: "The mean of each run's clients, with its 95% interval.",
        variants,
        choices: [{ label: "Method", values: variants.map(({ of }) => of[0]!) }],
        below: shapeKeys(Object.entries(VERDICTS)),
      })
    }
    ${heatTable(comparison, listed, nameOf)} ${ranks(comparison, listed, nameOf)}`,
  };
}

/** A cell's colour goes with the size of the gain; its mark says whether it is clear. */
function heatTable(
  { runs }: Comparison,
  listed: readonly Standing[],
  nameOf: (own: Standing) => string,
): Html {
  const most = Math.max(
    ...listed.flatMap(({ macro }) => macro.map(({ comparison }) => Math.abs(comparison.gain ?? 0))),
    1e-9,
  );
  const heat = (gain: number | undefined) =>
    gain === undefined || gain === 0
      ? ""
      : `background:color-mix(in srgb, var(--${gain > 0 ? "better" : "worse"}) ${Math.round((22 * Math.abs(gain)) / most)}%, transparent)`;
  return block(
    "Gains run by run",
    scrollTable(
      html`<thead>
          <tr>
            <th scope="col">Method</th>
            ${runs.map(({ name }) => html`<th scope="col" title="${name}">${name}</th>`)}
            <th scope="col">Mean</th>
            <th scope="col">Clients better</th>
            <th scope="col">No clear difference</th>
            <th scope="col">Clients worse</th>
          </tr>
        </thead>
        <tbody>
          ${listed.map(
            (own) =>
              html`<tr>
                <th scope="row">${nameOf(own)}${own.role === "reference" && "\u00a0*"}</th>
                ${runs.map(({ name }) => {
                  const found = own.macro.find(({ run }) => run.name === name)?.comparison;
                  const scaled = found && inPercent(found);
                  return html`<td style="${heat(found?.gain)}" data-v="${found?.gain ?? ""}">
                    <span class="value">${percent(found?.gain)}${mark(found?.verdict)}</span>${
                      scaled && html`<small>${signedInterval(scaled.low, scaled.high, 1)}</small>`
                    }
                  </td>`;
                })}
                <td data-v="${own.gain ?? ""}">${percent(own.gain)}</td>
                <td>${own.better}</td>
                <td>${own.even}</td>
                <td>${own.worse}</td>
              </tr>`,
          )}
        </tbody>`,
      {
        label: "Gain over local-only training by method and run",
        sortable: true,
        caption:
          "Percent over local-only training with the same settings, 95% interval below. ▲ and ▼ mark clear differences (paired, Holm-corrected). * is no choice of a real federation.",
      },
    ),
  );
}

function ranks(
  { overall }: Comparison,
  listed: readonly Standing[],
  nameOf: (own: Standing) => string,
): Html | undefined {
  if (overall === undefined) return undefined;
  const ranked = listed
    .filter(({ rank }) => rank !== undefined)
    .toSorted((a, b) => a.rank! - b.rank!);
  if (ranked.length < 2 || overall.places < 2) return undefined;
  const { criticalDifference, friedman, places } = overall;
  return folded(
    `Average ranks over ${places} clients of all runs`,
    html`<p>
      ${
        friedman !== undefined &&
        criticalDifference !== undefined &&
        `That all ranked methods are equally good has p ${pValue(friedman)} (Friedman, as Iman and Davenport's F); two methods differ at the 5% level where their ranks are ${criticalDifference.toFixed(2)} apart (Nemenyi). Clients of one run share its training, so these p-values are rather too small.`
      }
    </p>`,
    scrollTable(
      html`<thead>
          <tr>
            <th scope="col">Method</th>
            <th scope="col">Average rank</th>
            <th scope="col">Signed-rank p against local</th>
          </tr>
        </thead>
        <tbody>
          ${ranked.map(
            (own) =>
              html`<tr>
                <th scope="row">${nameOf(own)}</th>
                <td>${own.rank!.toFixed(2)}</td>
                <td>${own.signedRank === undefined ? "" : pValue(own.signedRank.pHolm)}</td>
              </tr>`,
          )}
        </tbody>`,
      { label: "Average ranks of methods", sortable: true, caption: "1 is the best rank." },
    ),
  );
}
