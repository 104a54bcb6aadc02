import type { Comparison } from "@atoll/node/comparisons";
import { signedInterval } from "../format.ts";
import { html, type Html } from "../html.ts";
import { metricLabel } from "../labels.ts";
import { renderPage } from "../page/index.ts";
import type { Section } from "../sections/section.ts";
import { mark, verdictClass } from "../widgets/mark.ts";
import { answerOf, type ComparisonAnswer } from "./answer.ts";
import { effectSection } from "./effect-section.ts";
import { namesOf } from "./names.ts";
import { overview } from "./overview.ts";
import { inPercent, percent } from "./percent.ts";
import { runSection } from "./run-section.ts";

/** Names of variants are long. */
const STYLE = "tbody th[scope=row] { min-width: min(13rem, 34vw); }";

/** The page of a comparison: one HTML file beside its runs, whose reports it links. */
export function renderComparison(comparison: Comparison): string {
  const told = answerOf(comparison);
  const optional: (Section | undefined)[] = [
    overview(comparison, told.best),
    ...comparison.runs.map((_, i) => runSection(comparison, i)),
    effectSection(comparison),
    doubts(comparison),
    method(comparison),
  ];
  return renderPage({
    title: told.headline,
    kind: "comparison",
    hero: hero(comparison, told),
    sections: optional.filter((section) => section !== undefined),
    source: "Made by Atoll from comparison.json.",
    style: STYLE,
  });
}

function hero(comparison: Comparison, { headline, detail, best }: ComparisonAnswer): Html {
  const { runs } = comparison;
  const clients = runs.reduce((sum, run) => sum + run.clients.length, 0);
  const cells = runs.reduce(
    (sum, run) => sum + run.seeds.length * Object.keys(run.methods).length,
    0,
  );
  const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  const [only] = best?.macro ?? [];
  const scaled = only && best?.macro.length === 1 ? inPercent(only.comparison) : undefined;
  return html`<header class="hero">
    <p class="eyebrow">
      ${counted(runs.length, "run")} · ${counted(clients, "client")} · ${counted(cells, "training")}
    </p>
    <h1>${headline}</h1>
    ${
      best !== undefined &&
      html`<dl class="figures">
        <div class="${verdictClass(scaled && only?.comparison.verdict)}">
          <dt>${namesOf(comparison).method(runs[0]!, best.method)} over local-only training</dt>
          <dd>
            ${percent(best.gain)}${scaled && mark(only?.comparison.verdict)}<small
              >${scaled === undefined ? `mean of ${best.macro.length} runs` : `mean of clients, 95% interval ${signedInterval(scaled.low, scaled.high, 1)}`}</small
            >
          </dd>
        </div>
        <div>
          <dt>Clients clearly better</dt>
          <dd>
            ${best.better} of ${best.better + best.even + best.worse}<small
              >${best.worse} clearly worse, ${best.even} without a clear difference</small
            >
          </dd>
        </div>
      </dl>`
    }
    ${
      detail !== "" &&
      html`<ul class="details">
        <li>${detail}</li>
      </ul>`
    }
  </header>`;
}

/** What a reader should know before deciding. */
function doubts({ warnings }: Comparison): Section {
  return {
    id: "doubts",
    title: "What speaks against it?",
    answer:
      warnings.length === 0
        ? "Nothing found: every run has local-only training, popularity and three seeds or more, and all methods could be trained."
        : "Read these before deciding.",
    brief: warnings.length === 0 ? "nothing found" : `${warnings.length} to know`,
    content: html`${
      warnings.length > 0 &&
      html`<ul>
        ${warnings.map(({ text }) => html`<li>${text}</li>`)}
      </ul>`
    }`,
  };
}

function method({ runs, settings }: Comparison): Section {
  const metrics = [...new Set(runs.map(({ metric }) => metricLabel(metric)))].join(", ");
  return {
    id: "method",
    title: "How was it compared?",
    brief: metrics,
    content: html`<dl class="pairs">
      <dt>Measured by</dt>
      <dd>${metrics}, on each client's own test rows, scored once.</dd>
      <dt>Pairs</dt>
      <dd>
        Methods of a run see the same rows, candidates and seeds; differences are paired by user
        (row, where there are no users) and seed.
      </dd>
      <dt>Corrections</dt>
      <dd>
        Against local-only training: Holm over methods, clients and their mean. Every two methods:
        Holm over all pairs of the means; clients are a family of their own.
      </dd>
      <dt>Effect size</dt>
      <dd>
        The difference over the standard deviation of users' paired differences: 0.2 is small, 0.5
        medium, 0.8 large (Cohen).
      </dd>
      <dt>Over runs</dt>
      <dd>
        Gains in percent, averaged over runs; average ranks, Friedman and signed-rank tests over the
        clients of all runs (Demsar 2006).
      </dd>
      ${settings.map(
        ({ name, of, values }) =>
          html`<dt>${name}</dt>
            <dd>
              ${values.map((value) => JSON.stringify(value)).join(", ")}
              (${of === "method" ? "variants of methods, on the same rows" : "runs of their own"})
            </dd>`,
      )}
    </dl>`,
  };
}
