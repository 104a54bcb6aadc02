import type { Facts, MethodResult } from "../facts.ts";
import { html, type Html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import { switchOf } from "../widgets/switch.ts";
import { cosinesBlock } from "./conflict-cosines.ts";
import { gatesBlock } from "./conflict-gates.ts";
import { mixingBlock, weightsBlock } from "./conflict-weights.ts";
import { block, type Section } from "./section.ts";

/** Methods that a page shows; the numbers of all stand in result.json. */
const MOST_METHODS = 6;

/** Parts of a model that a method may tell apart, and so the most choices of a switch here. */
export const MOST_PARTS = 12;

/** Whether clients' updates agree, who receives from whom, and how gates choose between experts. */
export function conflictSection(facts: Facts): Section | undefined {
  const { methods } = facts.result;
  const seen = (name: string) => methods[name]!.coordination !== undefined;
  const having = [...new Set([...facts.federated, ...facts.methods])].filter(
    (name) => seen(name) || methods[name]!.gates !== undefined,
  );
  // Methods that looked at updates come first, the lead before all.
  const rank = (name: string) => (name === facts.lead ? 0 : 1) + (seen(name) ? 0 : 2);
  having.sort((a, b) => rank(a) - rank(b));
  if (having.length === 0) return undefined;
  const shown = having.slice(0, MOST_METHODS);
  const anySeen = having.some(seen);
  return {
    id: "conflict",
    title: anySeen ? "Conflict between clients" : "How gates choose",
    brief: anySeen
      ? "What the server sees of updates before it joins them."
      : "Which experts each client uses.",
    content: html`<p class="lead">
        ${
          anySeen
            ? `What the server of a method sees of its clients' updates before it joins them${facts.result.seeds.length > 1 ? ", means over seeds. Experts are numbered by chance in every seed, so a line of one expert is a mean over different ones" : ""}.`
            : "How the gates of the trained models share tasks out between experts."
        }
        ${having.length > shown.length && ` ${shown.length} of ${having.length} methods are shown; result.json holds all.`}
      </p>
      ${switchOf(
        shown.map((name, i) => ({
          label: methodLabel(name),
          content: ofMethod(facts, methods[name]!, `conflict-${i}`),
        })),
        { legend: "Of which method", name: "conflict-method" },
      )}`,
  };
}

function ofMethod(facts: Facts, { coordination, gates }: MethodResult, name: string): Html {
  const tasks = gates?.tasks ?? [];
  const places = coordination?.clients.flatMap((client, i) =>
    facts.shown.includes(client) ? [i] : [],
  );
  const options = { tasks, shown: places ?? [], name };
  return html`${coordination?.cosines && block("Do updates point the same way?", cosinesBlock(coordination, options))}
  ${coordination?.weights && block("Who receives from whom", weightsBlock(coordination, options))}
  ${coordination?.mixing && block("How much of the common direction", mixingBlock(coordination, options))}
  ${gates && block("Which experts gates choose", gatesBlock(gates, facts.shown, facts.result.seeds.length))}`;
}
