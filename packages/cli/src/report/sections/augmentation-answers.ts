import type { AugmentationResult } from "@atoll/node/results";
import { count, MISSING } from "../format.ts";
import { html, type Html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import { scrollTable } from "../widgets/scroll-table.ts";

type Answers = NonNullable<AugmentationResult["answers"]>;
type Stage = keyof Answers;
type StageAnswers = NonNullable<Answers[Stage]>;

/** One line per method and stage that asked a language model; undefined where none did. */
export function answersTable(
  methods: readonly { readonly name: string; readonly augmentation: AugmentationResult }[],
): Html | undefined {
  const asked = methods.filter(({ augmentation }) => augmentation.answers !== undefined);
  if (asked.length === 0) return undefined;
  return html`<ul class="markets answers-key" aria-hidden="true">
      <li><span class="key accepted"></span>answered</li>
      <li><span class="key dropped"></span>dropped</li>
      <li><span class="key unasked"></span>not asked</li>
    </ul>
    ${scrollTable(
      html`<thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">Acceptance</th>
            <th scope="col" class="text bar-cell">Prompts</th>
            <th scope="col">Answered</th>
            <th scope="col">Dropped</th>
            <th scope="col">Not asked</th>
          </tr>
        </thead>
        <tbody>
          ${asked.map(
            ({ name, augmentation }) =>
              html`<tr class="group">
                  <th colspan="6" scope="rowgroup"><span>${methodLabel(name)}</span></th>
                </tr>
                ${Object.entries(augmentation.answers!).map(([stage, answers]) => row(stage, answers))}`,
          )}
        </tbody>`,
      {
        label: "Answers of the language model by method and stage",
        className: "answers",
        caption:
          "Distinct prompts. An answer that does not follow the stage's schema, or names what was not offered, is asked for once more and then dropped; acceptance is the share of prompts with an answer among those that were asked. Where something is missing, training went on without it.",
      },
    )}`;
}

function row(stage: string, { answered, dropped, missing, acceptance }: StageAnswers): Html {
  const reasons = Object.entries(dropped).toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const refused = reasons.reduce((sum, [, prompts]) => sum + prompts, 0);
  return html`<tr>
    <th scope="row">${stage}</th>
    <td>${acceptance === undefined ? MISSING : `${(100 * acceptance).toFixed(1)}%`}</td>
    <td class="bar-cell">${bar([answered, refused, missing])}</td>
    <td>${count(answered)}</td>
    <td>
      ${count(refused)}
      ${reasons.map(([reason, prompts]) => html`<small>${reason} ${count(prompts)}</small>`)}
    </td>
    <td>${count(missing)}</td>
  </tr>`;
}

const PARTS = ["accepted", "dropped", "unasked"] as const;

/** As long for few prompts as for many; the numbers stand beside it. */
function bar(values: readonly [answered: number, dropped: number, missing: number]): Html {
  const total = values.reduce((sum, value) => sum + value, 0);
  if (total === 0) return html``;
  let from = 0;
  return html`<svg class="share" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
    ${values.map((value, i) => {
      const at = from;
      const width = (100 * value) / total;
      from += width;
      return (
        value > 0 &&
        html`<rect
          class="${PARTS[i]}"
          x="${at.toFixed(2)}"
          width="${width.toFixed(2)}"
          height="1"
        />`
      );
    })}
  </svg>`;
}
