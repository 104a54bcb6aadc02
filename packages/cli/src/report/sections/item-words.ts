import type { AugmentationResult } from "@atoll/node/results";
import { html, type Html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import { scrollTable } from "../widgets/scroll-table.ts";

/** Some items with the words that were found for them, folded away; undefined where no method describes items. */
export function itemWords(
  methods: readonly { readonly name: string; readonly augmentation: AugmentationResult }[],
): Html | undefined {
  const having = methods.flatMap(({ name, augmentation: { descriptions = [] } }) =>
    descriptions.length === 0 ? [] : [{ name, descriptions }],
  );
  if (having.length === 0) return undefined;
  return html`<details class="item-words">
    <summary>Examples of words for items</summary>
    ${scrollTable(
      html`<thead>
          <tr>
            <th scope="col">Item</th>
            <th scope="col" class="text">Words</th>
          </tr>
        </thead>
        <tbody>
          ${having.map(
            ({ name, descriptions }) =>
              html`<tr class="group">
                  <th colspan="2" scope="rowgroup"><span>${methodLabel(name)}</span></th>
                </tr>
                ${descriptions.map(
                  ({ item, words }) =>
                    html`<tr>
                      <th scope="row">${item}</th>
                      <td class="text">${words}</td>
                    </tr>`,
                )}`,
          )}
        </tbody>`,
      {
        label: "Examples of words for items by method",
        caption:
          "Items are public. What was said of users stands in no file of the run; atoll augment inspect shows examples to whoever holds the users' events.",
      },
    )}
  </details>`;
}
