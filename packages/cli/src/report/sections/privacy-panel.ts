import type { PrivacyResult } from "@atoll/node/results";
import { epsilonCurves, type EpsilonCurve } from "../charts/epsilon-curves.ts";
import { deltaText, epsilonOfJson, epsilonText } from "../epsilon-text.ts";
import { count, list } from "../format.ts";
import { html, type Html } from "../html.ts";
import { keyList } from "../widgets/key-list.ts";
import { scrollTable } from "../widgets/scroll-table.ts";

/** Kinds of releases that are named. */
const MOST_RELEASES = 6;

type Accounts = PrivacyResult["accounts"];
type Account = Accounts[string];

/** Of one method: epsilon by account, its growth, what it means, what it leaves out. */
export function privacyPanel(privacy: PrivacyResult, shown: readonly string[]): Html {
  const { accounts, allClients, words, notCovered, weakest } = privacy;
  const curves = curvesOf(accounts[weakest]!);
  return html`${facts(privacy)} ${accountsTable(accounts, shown)}
    ${
      allClients !== undefined &&
      html`<p class="fine">
        For one ${privacy.unit} with rows in several clients (users ${allClients.users}): epsilon
        ${epsilonText(allClients.epsilon)} at delta ${deltaText(allClients.delta)}.
      </p>`
    }
    ${
      curves.length > 0 &&
      html`<div class="block">
        <h3>Epsilon by round, ${weakest}</h3>
        ${curves.length > 1 && keyList(curves)}
        <figure class="card chart-card">
          ${epsilonCurves(curves, {
            unit: stagesOf(accounts[weakest]!).length === 1 ? "rounds" : "rounds with a release",
            cap: privacy.cap,
            label: `Epsilon of ${weakest} by round`,
          })}
        </figure>
      </div>`
    }
    <div class="block columns">
      <div>
        <h3>What this means${Object.keys(accounts).length > 1 && `, for ${weakest}`}</h3>
        <ul class="notes">
          ${words.map((sentence) => html`<li>${sentence}</li>`)}
        </ul>
      </div>
      <div>
        <h3>What is not covered</h3>
        <ul class="notes">
          ${notCovered.map((sentence) => html`<li>${sentence}</li>`)}
        </ul>
      </div>
    </div>`;
}

function facts({ kind, unit, adjacency, delta, accountant, cap, released }: PrivacyResult): Html {
  const entries: readonly (readonly [string, string])[] = [
    ["Kind", kind === "own" ? "the method's own" : kind],
    ["Unit", `${unit}, ${adjacency === "replace" ? "replaced" : "added or removed"}`],
    ["Delta", deltaText(delta)],
    ["Accountant", accountant],
    ...(cap === undefined ? [] : [["Cap", String(cap)] as const]),
  ];
  const what = released.map(
    ({ stage, what: text, releases }) => `${text} (stage ${stage}, ${count(releases)} times)`,
  );
  return html`<ul class="chips">
      ${entries.map(([name, value]) => html`<li>${name} <b>${value}</b></li>`)}
    </ul>
    ${what.length > 0 && html`<p>Released: ${list(what, MOST_RELEASES)}.</p>`}`;
}

function accountsTable(accounts: Accounts, shown: readonly string[]): Html {
  const entries = Object.entries(accounts);
  // The server, or who holds all rows, is no client.
  const listed =
    entries.length <= shown.length ? entries : entries.filter(([name]) => shown.includes(name));
  const columns = (["unamplified", "amplified"] as const).filter((name) =>
    entries.some(([, account]) => account[name] !== undefined),
  );
  return scrollTable(
    html`<thead>
        <tr>
          <th scope="col">Account</th>
          <th scope="col">Epsilon</th>
          ${columns.map((name) => html`<th scope="col">${columnNames[name]}</th>`)}
          <th scope="col">Releases</th>
        </tr>
      </thead>
      <tbody>
        ${listed.map(
          ([name, account]) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${epsilonText(account.epsilon)}</td>
              ${columns.map((column) => html`<td>${epsilonText(account[column])}</td>`)}
              <td>${count(account.releases)}</td>
            </tr>`,
        )}
      </tbody>`,
    { label: "Epsilon by account" },
  );
}

const columnNames = {
  unamplified: "Not amplified",
  amplified: "By the formula for sampling",
} as const;

function stagesOf({ byRound }: Account): string[] {
  return [...new Set(byRound.map(({ stage }) => stage))];
}

function curvesOf(account: Account): EpsilonCurve[] {
  const { byRound } = account;
  // Stages number their rounds each from 0.
  const oneStage = stagesOf(account).length === 1;
  const points = (name: "epsilon" | "unamplified" | "amplified") =>
    byRound.flatMap((entry, i) => {
      const epsilon = entry[name];
      const place = oneStage ? entry.round + 1 : i + 1;
      return epsilon === undefined ? [] : [[place, epsilonOfJson(epsilon)] as const];
    });
  return (
    [
      { name: "what counts", colour: 1, dashed: false, points: points("epsilon") },
      { name: "not amplified", colour: 2, dashed: true, points: points("unamplified") },
      { name: "by the formula for sampling", colour: 3, dashed: true, points: points("amplified") },
    ] satisfies EpsilonCurve[]
  ).filter(({ points: own }) => own.some(([, epsilon]) => epsilon > 0 && epsilon < Infinity));
}
