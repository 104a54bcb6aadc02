import type { CodebookPages, CodebookResult } from "@atoll/node/results";
import type { Facts } from "../facts.ts";
import { count } from "../format.ts";
import { html, type Html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import { switchOf, type Panel } from "../widgets/switch.ts";
import { alignmentTable, pairTable } from "./codebook-agreement.ts";
import { codeExamples } from "./codebook-examples.ts";
import { codebookPrivacy } from "./codebook-privacy.ts";
import { clientTable, errorChart, usageMap } from "./codebook-usage.ts";
import { block, type Section } from "./section.ts";

/** Methods whose codebooks a page shows whole; the numbers of all stand in the first table. */
const MOST_METHODS = 6;

type Entity = "item" | "user";
type PageOfMethod = CodebookPages["methods"][string];

/** The codebooks of methods that quantise: who uses which codes, and whether equal codes mean equal things. */
export function codebooksSection(
  facts: Facts,
  pages: CodebookPages | undefined,
): Section | undefined {
  const { methods } = facts.result;
  const having = [...new Set([...facts.federated, ...facts.methods])].flatMap((name) => {
    const codebooks = methods[name]?.codebooks;
    return codebooks === undefined ? [] : [{ name, codebooks }];
  });
  // The lead comes first, as everywhere on the page.
  having.sort((a, b) => Number(b.name === facts.lead) - Number(a.name === facts.lead));
  if (having.length === 0) return undefined;
  const shown = having.slice(0, MOST_METHODS);
  const panels = shown.map(({ name, codebooks }, index): Panel => ({
    label: methodLabel(name),
    content: html`${ofMethod(facts, codebooks, pages?.methods[name], `codebook-${index}`)}
    ${codebookPrivacy(facts.result, name, pages?.methods[name])}`,
  }));
  return {
    id: "codebooks",
    title: "Codebooks",
    brief: "Who uses which codes, and whether equal codes mean equal things.",
    content: html`<p class="lead">
        A quantiser gives every item and user a code on each level. Here all clients are looked into
        at once, which only a simulation can do: in a federation each client sees its own codes
        alone. Means over
        seeds${pages !== undefined && `; pictures and examples of seed ${pages.seed}`}.
      </p>
      ${alignmentTable(facts, having)}
      ${
        having.length > shown.length &&
        html`<p class="fine">
          Below, ${count(shown.length)} of ${count(having.length)} methods; codebooks.json in the
          run folder holds all.
        </p>`
      }
      <div class="block">
        ${switchOf(panels, { legend: "Codebooks of which method", name: "codebook-method" })}
      </div>`,
  };
}

function ofMethod(
  facts: Facts,
  codebooks: CodebookResult,
  page: PageOfMethod | undefined,
  name: string,
): Html {
  const entities = (["item", "user"] as const).flatMap((entity) => {
    const own = codebooks[entity];
    return own === undefined ? [] : [{ entity, own, page: page?.entities[entity] }];
  });
  const panels = entities.map(({ entity, own, page: pictures }): Panel => ({
    label: labels[entity],
    content: html`${pictures?.uses && block("Who uses which code", usageMap(entity, pictures.uses, facts.shown))}
    ${block("Client by client", clientTable(entity, own, facts.shown))}
    ${pictures?.pairs && block("Same item, same code?", pairTable(pictures.pairs))}
    ${pictures?.examples && pictures.examples.length > 0 && block("Items of the most shared codes", codeExamples(pictures.examples, facts.shown))}
    ${pictures && block("What quantising loses", errorChart(entity, pictures.errorByRound, facts.shown))}`,
  }));
  return switchOf(panels, { legend: "Codes of what", name: `${name}-entity` });
}

const labels: Readonly<Record<Entity, string>> = { item: "Items", user: "Users" };
