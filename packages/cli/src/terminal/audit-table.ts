import { styleText } from "node:util";
import type { AuditResult, MembershipResult } from "@atoll/node/audit";
import { atLeast, auditHeadline, canaryRows, epsilonText, itemRows } from "../report/index.ts";
import { table } from "./table.ts";

/** What an audit found: membership of rows, canaries against promises, values that updates give away. */
export function auditTable(result: AuditResult, colour: boolean): string {
  const paint = (style: "bold" | "red", cell: string) => (colour ? styleText(style, cell) : cell);
  const header = (cells: readonly string[]) => cells.map((cell) => paint("bold", cell));
  const parts = [auditHeadline(result), membershipTable(result, header)];
  const canaries = canaryRows(result);
  if (canaries.length > 0)
    parts.push(
      table(
        [
          header(["canaries", "client", "guessed right", "epsilon at least", "promised", ""]),
          ...canaries.map((row) => [
            row.method,
            row.party,
            `${row.correct} of ${row.guesses}`,
            atLeast(row.bound),
            row.promised ?? "-",
            row.exceeded ? paint("red", "REFUTED") : (row.remark ?? ""),
          ]),
        ],
        { left: [0, 1, 5] },
      ),
    );
  const items = itemRows(result);
  if (items.length > 0)
    parts.push(
      table(
        [
          header([
            "one update",
            "client",
            "feature",
            "values",
            "found",
            "AUC",
            "under",
            "found",
            "AUC",
          ]),
          ...items.map(({ asRun, withoutPrivacy, held, notHeld, ...row }) => [
            row.method,
            row.client,
            row.feature,
            `${held} of ${held + notHeld}`,
            percent(withoutPrivacy.recall),
            withoutPrivacy.auc?.toFixed(3) ?? "-",
            ...(asRun === undefined
              ? []
              : [row.privacy, percent(asRun.recall), asRun.auc?.toFixed(3) ?? "-"]),
          ]),
        ],
        { left: [0, 1, 2, 6] },
      ),
    );
  const notes = Object.entries(result.methods).flatMap(([method, { notes: own }]) =>
    own.map((note) => `${method}: ${note}`),
  );
  for (const [method, why] of Object.entries(result.notAttacked))
    notes.push(`${method} was not attacked: ${why}`);
  if (notes.length > 0) parts.push(notes.join("\n"));
  for (const { method, party, bound, claimed } of result.exceeded)
    parts.push(
      paint(
        "red",
        `!!! ${method}, ${party}: epsilon is at least ${atLeast(bound)}, and ${epsilonText(claimed)} was promised. The promise does not hold.`,
      ),
    );
  return parts.join("\n\n");
}

function membershipTable(
  { methods }: AuditResult,
  header: (cells: readonly string[]) => readonly string[],
): string {
  const rows = Object.entries(methods).flatMap(([method, { clients }]) =>
    Object.entries(clients).flatMap(([client, { threshold, likelihoodRatio }]) => [
      [method, client, "loss", ...cellsOf(threshold)],
      ...(likelihoodRatio === undefined
        ? []
        : [["", "", "likelihood ratio", ...cellsOf(likelihoodRatio)]]),
    ]),
  );
  return table(
    [
      header([
        "membership",
        "client",
        "attack",
        "AUC",
        "95% interval",
        "accuracy",
        "TPR at FPR 1%",
        "at 0.1%",
      ]),
      ...rows,
    ],
    { left: [0, 1, 2] },
  );
}

function cellsOf({ auc, accuracy, tprAt }: MembershipResult): string[] {
  return [
    auc.value.toFixed(3),
    `[${auc.low.toFixed(3)}, ${auc.high.toFixed(3)}]`,
    accuracy.value.toFixed(3),
    ...tprAt.map(({ value }) => percent(value)),
  ];
}

function percent(share: number | undefined): string {
  return share === undefined ? "-" : `${(100 * share).toFixed(1)}%`;
}
