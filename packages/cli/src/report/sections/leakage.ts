import type { Leakage } from "@atoll/core/data";
import type { Facts } from "../facts.ts";
import { count, MISSING } from "../format.ts";
import { html, type Html } from "../html.ts";
import { scrollTable } from "../widgets/scroll-table.ts";

/** What test rows have in common with training rows, client by client. */
export function leakageTable({ result, shown }: Facts): Html | undefined {
  const known = shown.flatMap((client) => {
    const { leakage } = result.clients[client]!;
    return leakage === undefined ? [] : [{ client, leakage }];
  });
  if (known.length === 0) return undefined;
  return html`<p class="lead">
      A test is fair where it asks for what training could not simply remember, and where training
      did not look into its future. These are the counts, by client, of the first seed's split.
    </p>
    ${scrollTable(
      html`<thead>
          <tr>
            <th scope="col">Client</th>
            <th scope="col">Test rows</th>
            <th scope="col">Of new users</th>
            <th scope="col">Of new items</th>
            <th scope="col">Pair in training</th>
            <th scope="col">Whole row in training</th>
            <th scope="col">Never a negative</th>
            <th scope="col">Training after own test</th>
            <th scope="col">Training after first test</th>
            <th scope="col">Positive: training</th>
            <th scope="col">validation</th>
            <th scope="col">test</th>
          </tr>
        </thead>
        <tbody>
          ${known.map(({ client, leakage }) => row(client, leakage))}
        </tbody>`,
      { label: "Test rows and training rows by client", sortable: true },
    )}
    <p class="fine">
      Of new users, of new items: test rows whose user, or item, has no training row. Pair: the user
      has the item in training. Whole row: some training row has the same value in every feature.
      Never a negative: training never draws the held-out item against its user. Training after own
      test: training rows later than the first test row of their user; after first test: than the
      client's first test row, which splits by user cannot avoid. ${MISSING}: the data cannot tell.
    </p> `;
}

function row(client: string, { training, valid, test }: Leakage): Html {
  const share = (value: number, of: number) =>
    of === 0 ? MISSING : `${((100 * value) / of).toFixed(1)}%`;
  const rows = (value: number | null | undefined, of = test.rows) =>
    html`<td>
      ${value === null || value === undefined ? MISSING : `${count(value)} (${share(value, of)})`}
    </td>`;
  const rate = (value: number) => html`<td>${(100 * value).toFixed(1)}%</td>`;
  return html`<tr>
    <th scope="row">${client}</th>
    <td>${count(test.rows)}</td>
    ${rows(test.users?.unseenRows)}${rows(test.items?.unseenRows)}${rows(test.pairsInTraining)}${rows(
      test.rowsInTraining,
    )}${rows(test.neverDrawn)}${rows(test.trainingAfterOwn, training.rows)}${rows(
      test.trainingAfterFirst,
      training.rows,
    )}${rate(training.labelRate)}${rate(valid.labelRate)}${rate(test.labelRate)}
  </tr>`;
}
