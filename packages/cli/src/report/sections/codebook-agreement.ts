import type { CodebookPages, CodebookResult } from "@atoll/node/results";
import type { Facts } from "../facts.ts";
import { count, MISSING } from "../format.ts";
import { html, type Html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { block } from "./section.ts";

type Pairs = NonNullable<
  NonNullable<CodebookPages["methods"][string]["entities"]["item"]>["pairs"]
>;

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

/** One line per method: do equal codes mean equal things, and do all clients use one codebook? */
export function alignmentTable(
  facts: Facts,
  methods: readonly { readonly name: string; readonly codebooks: CodebookResult }[],
): Html {
  const seeds = facts.result.seeds.length;
  const spread = (
    value: { mean: number; sd: number } | undefined,
    text: (value: number) => string,
  ) =>
    value === undefined
      ? MISSING
      : html`${text(value.mean)}${seeds > 1 && html`<small>± ${text(value.sd)}</small>`}`;
  const rows = methods.flatMap(({ name, codebooks }) => {
    const items = codebooks.item;
    return items === undefined ? [] : [{ name, items }];
  });
  if (rows.length === 0) return html``;
  const compared = rows.some(({ items }) => items.agreement !== undefined);
  return block(
    "Do equal codes mean equal things?",
    html`<p>
      ${
        compared
          ? `An item that two clients hold, by equal ids in the data, should have one level-1 code in both. "Chance" is the share of equal codes if codes had nothing to do with each other, on the same items; about 1 × chance says that equal codes mean nothing in common. Where clients number items on their own, equal ids are no equal items, and this says nothing.`
          : "No two clients hold an item with the same id, so nobody can tell here whether equal codes mean equal things."
      }
    </p>`,
    scrollTable(
      html`<thead>
          <tr>
            <th scope="col">Method</th>
            ${
              compared &&
              html`<th scope="col">Same code</th>
                <th scope="col">Chance</th>
                <th scope="col">Times chance</th>
                <th scope="col">Shared items</th>`
            }
            <th scope="col">Perplexity</th>
            <th scope="col">together</th>
            <th scope="col">Codebooks</th>
            <th scope="col">by chance</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(({ name, items: { agreement, clients, common } }) => {
            const perplexities = Object.values(clients).map(({ perplexity }) => perplexity[0]!);
            const range = [Math.min(...perplexities), Math.max(...perplexities)] as const;
            return html`<tr>
              <th scope="row">${methodLabel(name)}</th>
              ${
                compared &&
                html`<td>${spread(agreement?.same, percent)}</td>
                  <td>${spread(agreement?.chance, percent)}</td>
                  <td>${spread(agreement?.ratio, (value) => value.toFixed(2))}</td>
                  <td>${agreement === undefined ? MISSING : count(agreement.entities)}</td>`
              }
              <td>
                <span class="value">${range[0].toFixed(1)} to ${range[1].toFixed(1)}</span>
              </td>
              <td>${spread(common?.union, (value) => value.toFixed(1))}</td>
              <td>${spread(common?.division, (value) => value.toFixed(2))}</td>
              <td>${common === undefined ? MISSING : common.byChance.mean.toFixed(2)}</td>
            </tr>`;
          })}
        </tbody>`,
      {
        label: "Alignment of item codes by method",
        caption: `Level-1 codes of items${seeds > 1 ? "; ± one standard deviation over seeds" : ""}. Perplexity: the least and the most of a client, then of all clients' items together. Codebooks: as how many separate ones the common one is used; 1 where all clients use codes alike, ${facts.clients.length} where no two have one in common; beside it what clients of these sizes would come to by chance, drawing from one pool.`,
      },
    ),
  );
}

/** Pair by pair, folded away. */
export function pairTable(pairs: Pairs): Html {
  const items = pairs.reduce((sum, pair) => sum + pair.entities, 0);
  const pooled = (share: (pair: Pairs[number]) => number) =>
    pairs.reduce((sum, pair) => sum + pair.entities * share(pair), 0) / items;
  const same = pooled((pair) => pair.same);
  const chance = pooled((pair) => pair.chance);
  const times = (of: { same: number; chance: number }) =>
    of.chance > 0 ? (of.same / of.chance).toFixed(2) : MISSING;
  return html`<p>
      In ${count(items)} comparisons over ${count(pairs.length)} pairs of clients, ${percent(same)}
      have the same level-1 code; by chance ${percent(chance)} would.
    </p>
    <details>
      <summary>Pair by pair</summary>
      ${scrollTable(
        html`<thead>
            <tr>
              <th scope="col">Clients</th>
              <th scope="col">Items of both</th>
              <th scope="col">Same code</th>
              <th scope="col">Chance</th>
              <th scope="col">Times chance</th>
            </tr>
          </thead>
          <tbody>
            ${pairs.map(
              (pair) =>
                html`<tr>
                  <th scope="row">${pair.markets[0]}, ${pair.markets[1]}</th>
                  <td>${count(pair.entities)}</td>
                  <td>${percent(pair.same)}</td>
                  <td>${percent(pair.chance)}</td>
                  <td>${times(pair)}</td>
                </tr>`,
            )}
          </tbody>`,
        { label: "Agreement of codes by pair of clients" },
      )}
    </details>`;
}
