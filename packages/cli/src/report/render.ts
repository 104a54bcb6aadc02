import { answer } from "./answer.ts";
import { factsOf } from "./facts.ts";
import type { ReportInput } from "./input.ts";
import { renderPage } from "./page/index.ts";
import { costQuestion } from "./questions/cost.ts";
import { gainsQuestion } from "./questions/gains.ts";
import { leftQuestion } from "./questions/left.ts";
import { measuredQuestion } from "./questions/measured.ts";
import { methodQuestion } from "./questions/method.ts";
import { riskQuestion } from "./questions/risks.ts";
import { codebooksSection } from "./sections/codebooks.ts";
import { conflictSection, MOST_PARTS } from "./sections/conflict.ts";
import { domainsSection } from "./sections/domains.ts";
import { hero } from "./sections/hero.ts";
import type { Section } from "./sections/section.ts";

/** The report of a run: the questions of those who decide, each with its answer, its picture and its numbers. */
export function renderReport(input: ReportInput): string {
  const { result, lines, environment, messages } = input;
  const facts = factsOf(result);
  const told = answer(result);
  const optional: (Section | undefined)[] = [
    gainsQuestion(facts),
    methodQuestion(facts),
    costQuestion(facts, { lines, codebooks: input.codebooks }),
    leftQuestion(facts, messages),
    riskQuestion(facts, lines),
    conflictSection(facts),
    codebooksSection(facts, input.codebooks),
    domainsSection(facts, input.domains),
    measuredQuestion(facts, { lines, environment }),
  ];
  return renderPage({
    title: told.headline,
    kind: "report",
    hero: hero(told, facts),
    sections: optional.filter((section) => section !== undefined),
    source: "Made by Atoll from result.json and metrics.jsonl of this run.",
    longest: Math.max(facts.metrics.length, facts.methods.length, MOST_PARTS),
  });
}
