import { html, type Html } from "../html.ts";
import { metricValue, MISSING } from "../format.ts";
import { methodLabel } from "../labels.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { atLeast, modelName, type AttackRow, type CanaryRow, type ItemRow } from "./facts.ts";

const attackLabels = { threshold: "loss", likelihoodRatio: "likelihood ratio" } as const;

export function percent(share: number | undefined): string {
  return share === undefined ? MISSING : `${(100 * share).toFixed(1)}%`;
}

export function membershipTable(rows: readonly AttackRow[]): Html {
  return scrollTable(
    html`<thead>
        <tr>
          <th scope="col">Method, client</th>
          <th scope="col" class="text">Attack</th>
          <th scope="col">AUC</th>
          <th scope="col">Accuracy</th>
          <th scope="col">TPR at FPR 1%</th>
          <th scope="col">TPR at FPR 0.1%</th>
          <th scope="col">Epsilon, as if</th>
          <th scope="col">Rows: in, out</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ method, client, attack, found }) =>
            html`<tr>
              <th scope="row">${methodLabel(method)}, ${client}</th>
              <td class="text">${attackLabels[attack]}</td>
              <td>
                ${metricValue(found.auc.value)}<small
                  >${metricValue(found.auc.low)} to ${metricValue(found.auc.high)}</small
                >
              </td>
              <td>
                ${percent(found.accuracy.value)}<small
                  >${percent(found.accuracy.low)} to ${percent(found.accuracy.high)}</small
                >
              </td>
              ${found.tprAt.map(
                ({ value, low, high }) =>
                  html`<td>
                    ${percent(value)}<small>${percent(low)} to ${percent(high)}</small>
                  </td>`,
              )}
              <td>${atLeast(found.epsilon)}</td>
              <td>${found.members}, ${found.nonMembers}</td>
            </tr>`,
        )}
      </tbody>`,
    { label: "Membership of rows" },
  );
}

export function canaryTable(rows: readonly CanaryRow[]): Html {
  return scrollTable(
    html`<thead>
        <tr>
          <th scope="col">Method, party</th>
          <th scope="col">Canaries</th>
          <th scope="col">Guessed right</th>
          <th scope="col">Epsilon at least</th>
          <th scope="col">With all others</th>
          <th scope="col">Promised</th>
          <th scope="col" class="text">Verdict</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr${row.exceeded && html` class="refuted"`}>
              <th scope="row">${modelName(row.method, row.party)}</th>
              <td>${row.canaries}</td>
              <td>${row.correct} of ${row.guesses}</td>
              <td>${atLeast(row.bound)}</td>
              <td>${atLeast(row.boundTogether)}</td>
              <td>${row.promised ?? MISSING}</td>
              <td class="text">${verdictOf(row)}</td>
            </tr>`,
        )}
      </tbody>`,
    { label: "Canaries and promises" },
  );
}

function verdictOf({ exceeded, claimed, remark, promised }: CanaryRow): string {
  if (exceeded) return "refuted";
  if (claimed !== undefined) return "not refuted";
  return (
    remark ?? (promised === undefined ? "nothing is promised about it" : "no bound is promised")
  );
}

export function itemTable(rows: readonly ItemRow[]): Html {
  return scrollTable(
    html`<thead>
        <tr>
          <th scope="col">Method, client</th>
          <th scope="col" class="text">Feature</th>
          <th scope="col">Its values, of all</th>
          <th scope="col">Found without privacy</th>
          <th scope="col">AUC</th>
          <th scope="col" class="text">Privacy</th>
          <th scope="col">Found under it</th>
          <th scope="col">AUC</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ method, client, feature, privacy, held, notHeld, withoutPrivacy, asRun }) =>
            html`<tr>
              <th scope="row">${methodLabel(method)}, ${client}</th>
              <td class="text">${feature}</td>
              <td>${held} of ${held + notHeld}</td>
              <td>${percent(withoutPrivacy.recall)}</td>
              <td>${metricValue(withoutPrivacy.auc)}</td>
              <td class="text">${privacy}</td>
              <td>${percent(asRun?.recall)}</td>
              <td>${metricValue(asRun?.auc)}</td>
            </tr>`,
        )}
      </tbody>`,
    { label: "Values that one update gives away" },
  );
}
