import type { MetricsLine } from "@atoll/node/results";
import { VERDICTS } from "../charts/forest-chart.ts";
import type { Facts } from "../facts.ts";
import { list } from "../format.ts";
import { html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import { checkList, type Check } from "../risks/check.ts";
import { fairness, losers, otherMetrics, simpler } from "../risks/clients.ts";
import { disclosure, leakage } from "../risks/data.ts";
import { chance, picked } from "../risks/evidence.ts";
import { diagnostics } from "../risks/inside.ts";
import { fitsOf, fitTable, overFitting } from "../risks/over-fitting.ts";
import { spreadVariants } from "../risks/spread-chart.ts";
import { leakageTable } from "../sections/leakage.ts";
import { block, folded, type Section } from "../sections/section.ts";
import { chartBlock } from "../widgets/chart-block.ts";
import { shapeKeys } from "../widgets/shape-keys.ts";

/** What could go wrong: everything that was looked for, what was found, and where nothing was. */
export function riskQuestion(facts: Facts, lines: readonly MetricsLine[]): Section {
  const { lead } = facts;
  const fits = fitsOf(facts, lines);
  const ofLead: (Check | undefined)[] =
    lead === undefined
      ? []
      : [
          losers(facts, lead),
          fairness(facts, lead),
          chance(facts, lead),
          otherMetrics(facts, lead),
          simpler(facts, lead),
          overFitting(facts, fits),
          disclosure(facts, lead),
          picked(facts, lead),
        ];
  const checks = [...ofLead, leakage(facts), ...diagnostics(facts)].filter(
    (check) => check !== undefined,
  );
  const spread = spreadVariants(facts);
  const leaks = leakageTable(facts);
  return {
    id: "risks",
    title: "What could go wrong?",
    answer: riskAnswer(facts, checks),
    brief: riskBrief(checks),
    content: html`${checkList(checks)}
    ${
      spread.length > 0 &&
      block(
        "Who gains how much, method by method",
        chartBlock({
          id: "spread",
          caption:
            "A point is one client's difference to local training: points far apart share the gain out unevenly.",
          variants: spread,
          choices: [{ label: "Metric", values: spread.map(({ of }) => of[0]!) }],
          below: shapeKeys([
            ["clearly better", VERDICTS.better],
            ["clearly worse", VERDICTS.worse],
            ["no clear difference", VERDICTS["no clear difference"]],
          ]),
        }),
      )
    }
    ${fits.length > 0 && folded("Validation and test, method by method", fitTable(facts, fits))}
    ${leaks && html`<div id="leakage">${folded("What the test knows of the training, in counts", leaks)}</div>`}`,
  };
}

function riskAnswer({ lead }: Facts, checks: readonly Check[]): string {
  const found = checks.filter(({ kind }) => kind === "found").map(({ risk }) => risk);
  const unknown = checks.filter(({ kind }) => kind === "unknown");
  const of = lead === undefined ? "" : ` of ${methodLabel(lead)} and its data`;
  const first =
    found.length === 0
      ? `None of ${checks.length} checks${of} found anything.`
      : `${found.length} of ${checks.length} checks${of} ${found.length === 1 ? "says" : "say"} to look twice: ${list(found.map(lower))}.`;
  const open =
    unknown.length === 0
      ? ""
      : ` About ${list(unknown.map(({ risk }) => lower(risk)))} this run cannot tell.`;
  return `${first}${open}`;
}

function riskBrief(checks: readonly Check[]): string {
  const of = (kind: Check["kind"]) => checks.filter((check) => check.kind === kind).length;
  return `${of("found")} to look at twice, ${of("clear")} clear, ${of("unknown")} open.`;
}

const lower = (text: string) => text[0]!.toLowerCase() + text.slice(1);
