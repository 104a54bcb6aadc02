import { explainAccount, type AccountExport } from "@atoll/core/privacy";
import { epsilonText } from "../../report/index.ts";
import { table } from "../../terminal/table.ts";
import { counted } from "./text.ts";

/** Accounts that are listed, and those that are put into words; `--json` has all. */
const MOST_ROWS = 24;
const MOST_WORDS = 3;

/** What the accounts of a ledger hold, as text: those that promise least come first. */
export function explainLedger(name: string, accounts: readonly AccountExport[]): string {
  if (accounts.length === 0) return `${name}: a ledger without accounts: nothing was released.`;
  const sorted = accounts.toSorted((a, b) => b.spent.epsilon - a.spent.epsilon);
  const rows = sorted.slice(0, MOST_ROWS).map(({ account, budget, spent, charges }) => {
    const [first] = charges;
    return [
      account,
      first === undefined ? "-" : `${first.unit}, ${first.adjacency}`,
      charges.length.toLocaleString("en-US"),
      epsilonText(spent.epsilon),
      epsilonText(spent.unamplified),
      epsilonText(spent.amplified),
      budget.epsilon === Infinity ? "-" : String(budget.epsilon),
      String(budget.delta),
    ];
  });
  const header = [
    "account",
    "unit",
    "releases",
    "epsilon",
    "not amplified",
    "sampling formula",
    "cap",
    "delta",
  ];
  const left = accounts.length - MOST_ROWS;
  return [
    [
      `${name}: ${counted(accounts.length, "account")}`,
      table([header, ...rows], { left: [0, 1] }),
      ...(left > 0 ? [`and ${counted(left, "account")} more; --json has all`] : []),
    ].join("\n\n"),
    ...sorted.slice(0, MOST_WORDS).map(inWords),
  ].join("\n\n");
}

function inWords(account: AccountExport): string {
  return [
    `${account.account}:`,
    ...releasesOf(account).map((line) => `- ${line}`),
    ...explainAccount(account).map((sentence) => `- ${sentence}`),
  ].join("\n");
}

/** What left, by training and stage: `tiny, seed 1, fedavg: train, rounds 0 to 19: the update (20 releases)`. */
function releasesOf({ charges }: AccountExport): string[] {
  const groups = new Map<string, AccountExport["charges"][number][]>();
  for (const charge of charges) {
    const key = JSON.stringify([charge.run, charge.stage, charge.what]);
    const own = groups.get(key);
    if (own === undefined) groups.set(key, [charge]);
    else own.push(charge);
  }
  return [...groups.values()].map((own) => {
    const { run, stage, what, round } = own[0]!;
    const first = own.reduce((least, { round: other }) => Math.min(least, other), round);
    const last = own.reduce((most, { round: other }) => Math.max(most, other), round);
    const rounds = first === last ? `round ${first}` : `rounds ${first} to ${last}`;
    return `${run}: ${stage}, ${rounds}: ${what} (${counted(own.length, "release")})`;
  });
}
