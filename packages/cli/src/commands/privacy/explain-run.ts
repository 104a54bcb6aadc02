import type { PrivacyResult, Result } from "@atoll/node/results";
import { deltaText, epsilonText } from "../../report/index.ts";
import { table } from "../../terminal/table.ts";
import { counted } from "./text.ts";

/** Accounts of a method that a terminal lists; `--json` has all. */
const MOST_ACCOUNTS = 24;

/** What the methods of a run promise, as text; a sentence where none promises anything. */
export function explainRun(name: string, { methods }: Result): string {
  const promising = Object.entries(methods).flatMap(([method, { privacy }]) =>
    privacy === undefined ? [] : [{ method, privacy }],
  );
  if (promising.length === 0) return `${name}: no method keeps an account: nothing is promised.`;
  return promising
    .map(({ method, privacy }) =>
      [`${name}, ${method}: ${kindText(privacy)}`, accountsText(privacy), sentences(privacy)].join(
        "\n\n",
      ),
    )
    .join("\n\n\n");
}

function kindText({ kind, unit, adjacency, delta, accountant, cap }: PrivacyResult): string {
  return [
    kind === "own" ? "the method's own noise" : kind,
    `unit ${unit}`,
    adjacency,
    `delta ${deltaText(delta)}`,
    `accountant ${accountant}`,
    ...(cap === undefined ? [] : [`cap ${cap}`]),
  ].join(", ");
}

function accountsText({ accounts, allClients, unit }: PrivacyResult): string {
  const entries = Object.entries(accounts);
  const columns = (["unamplified", "amplified"] as const).filter((column) =>
    entries.some(([, account]) => account[column] !== undefined),
  );
  const rows = entries.map(([name, account]) => [
    name,
    account.releases.toLocaleString("en-US"),
    epsilonText(account.epsilon),
    ...columns.map((column) => epsilonText(account[column])),
  ]);
  const header = [
    "account",
    "releases",
    "epsilon",
    ...columns.map((column) => (column === "amplified" ? "sampling formula" : "not amplified")),
  ];
  const left = rows.length - MOST_ACCOUNTS;
  return [
    table([header, ...rows.slice(0, MOST_ACCOUNTS)]),
    ...(left > 0 ? [`and ${counted(left, "account")} more; --json has all`] : []),
    ...(allClients === undefined
      ? []
      : [
          `For one ${unit} with rows in several clients (users ${allClients.users}): epsilon ${epsilonText(allClients.epsilon)} at delta ${deltaText(allClients.delta)}.`,
        ]),
  ].join("\n");
}

function sentences({ accounts, weakest, released, words, notCovered }: PrivacyResult): string {
  const of = Object.keys(accounts).length > 1 ? `, for ${weakest}` : "";
  const groups = {
    [`Released${of}`]: released.map(
      ({ stage, what, releases }) => `${stage}: ${what} (${counted(releases, "release")})`,
    ),
    [`What it means${of}`]: words,
    "Not covered": notCovered,
  };
  return Object.entries(groups)
    .map(([title, lines]) => [`${title}:`, ...lines.map((line) => `- ${line}`)].join("\n"))
    .join("\n\n");
}
