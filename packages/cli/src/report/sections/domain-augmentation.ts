import type { AugmentationResult } from "@atoll/node/results";
import { count, MISSING } from "../format.ts";
import { html, type Html } from "../html.ts";
import { methodLabel, metricLabel } from "../labels.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { answersTable } from "./augmentation-answers.ts";
import type { NamedDomains } from "./domain-cosines.ts";
import { itemWords } from "./item-words.ts";
import { block } from "./section.ts";

export interface NamedAugmentation {
  readonly name: string;
  readonly augmentation: AugmentationResult;
}

/** What augmentation made of sequences and of validation, and what became of the questions to a language model. */
export function augmentationBlock(methods: readonly NamedDomains[]): Html | undefined {
  const having = methods.flatMap(({ name, domains: { augmentation } }): NamedAugmentation[] =>
    augmentation === undefined ? [] : [{ name, augmentation }],
  );
  if (having.length === 0) return undefined;
  return block(
    "What augmentation did",
    effectTable(having),
    answersTable(having),
    itemWords(having),
  );
}

function effectTable(methods: readonly NamedAugmentation[]): Html {
  const [metric] = methods.flatMap(({ augmentation }) => augmentation.validation?.metric ?? []);
  return scrollTable(
    html`<thead>
        <tr>
          <th scope="col">Method</th>
          <th scope="col">Users</th>
          <th scope="col">Mean length</th>
          <th scope="col">Density</th>
          <th scope="col">IDRA</th>
          ${
            metric !== undefined &&
            html`<th scope="col">Validation ${metricLabel(metric)}</th>
              <th scope="col">without</th>`
          }
        </tr>
      </thead>
      <tbody>
        ${methods.map(
          ({ name, augmentation: { users, augmented, density, validation, ...rest } }) => {
            return html`<tr>
              <th scope="row">${methodLabel(name)}</th>
              <td>
                ${count(users)}
                ${augmented !== undefined && html`<small>${percent(augmented, users)} reached</small>`}
              </td>
              <td>${change(rest.meanLengthBefore.toFixed(2), rest.meanLengthAfter.toFixed(2))}</td>
              <td>
                ${density === undefined ? MISSING : change(densityText(density.before), densityText(density.after))}
              </td>
              <td>${rest.idra === undefined ? MISSING : rest.idra.toFixed(4)}</td>
              ${
                metric !== undefined &&
                html`<td>${validation === undefined ? MISSING : validation.with.toFixed(4)}</td>
                  <td>
                    ${validation === undefined ? MISSING : validation.without.toFixed(4)}
                    ${validation !== undefined && html`<small>${methodLabel(validation.against)}</small>`}
                  </td>`
              }
            </tr>`;
          },
        )}
      </tbody>`,
    {
      label: "Augmentation by method",
      caption:
        "Mean length: training events of a user, all domains together, without and with the items that augmentation says would please; reached are users with such an item. Density: different pairs of a user and an item, over all pairs, without and with them. IDRA: its weighted term of a user's loss at the end; 0 where augmented sequences stay near by the margin. Validation, where the run has the same method without augmentation: best round, mean over clients and seeds.",
    },
  );
}

const percent = (part: number, whole: number) =>
  `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(1)}%`;

/** Three significant figures: densities of item catalogues are far below one percent. */
const densityText = (share: number) => `${(100 * share).toPrecision(3)}%`;

const change = (before: string, after: string) =>
  html`<span class="value">${before} → ${after}</span>`;
