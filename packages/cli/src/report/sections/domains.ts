import type { DomainPages } from "@atoll/node/results";
import { scatter, shapeKey, type Cloud } from "../charts/scatter.ts";
import type { Facts } from "../facts.ts";
import { count, list } from "../format.ts";
import { html, type Html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import { switchOf, type Panel } from "../widgets/switch.ts";
import { augmentationBlock } from "./domain-augmentation.ts";
import { retiredBlock } from "./domain-clients.ts";
import { cosinesTable, type NamedDomains } from "./domain-cosines.ts";
import { block, type Section } from "./section.ts";

/** Methods whose points a page draws; the numbers of all stand in the table. */
const MOST_METHODS = 6;

const TOLD =
  "Each domain has an encoder of its own, and one reads all domains together. Apart, the domains' encoders say what is particular to a domain; the merged one says what they share.";

type PageOfMethod = DomainPages["methods"][string];

/** Whether encoders of domains keep apart what they should, who retired, and what augmentation did. */
export function domainsSection(facts: Facts, pages: DomainPages | undefined): Section | undefined {
  const { methods, seeds } = facts.result;
  const having = [...new Set([...facts.federated, ...facts.methods])].flatMap(
    (name): NamedDomains[] => {
      const { domains } = methods[name]!;
      return domains === undefined ? [] : [{ name, domains }];
    },
  );
  // The lead comes first, as everywhere on the page.
  having.sort((a, b) => Number(b.name === facts.lead) - Number(a.name === facts.lead));
  if (having.length === 0) return undefined;
  const drawn = having.flatMap(({ name }) => {
    const page = pages?.methods[name];
    return page === undefined ? [] : [{ name, page }];
  });
  const panels = drawn
    .slice(0, MOST_METHODS)
    .map(({ name, page }): Panel => ({ label: methodLabel(name), content: picture(page) }));
  return {
    id: "domains",
    title: "Domains",
    brief: "What encoders of domains share, and what they keep apart.",
    content: html`<p class="lead">
        ${having.some(({ domains }) => domains.cosines.length > 0) ? TOLD : "What methods found of their clients after training."}
      </p>
      ${block("What to look at", findings(having))} ${cosinesTable(having, seeds.length)}
      ${
        panels.length > 0 &&
        block(
          "Where users are",
          html`<p>
            A point is one user as one encoder sees them, of seed ${pages!.seed}, on the two
            directions in which vectors vary most. Clouds that lie on each other are encoders that
            say the same.
          </p>`,
          switchOf(panels, { legend: "Points of which method", name: "domains-method" }),
          drawn.length > panels.length &&
            html`<p class="fine">
              ${count(panels.length)} of ${count(drawn.length)} methods; domains.json in the run
              folder holds all.
            </p>`,
        )
      }
      ${retiredBlock(having)} ${augmentationBlock(having)}`,
  };
}

function findings(having: readonly NamedDomains[]): Html {
  const lines = having.flatMap(({ name, domains }) =>
    domains.findings.map(
      ({ text }) => html`<li><strong>${methodLabel(name)}</strong>: ${text}.</li>`,
    ),
  );
  return lines.length === 0
    ? html`<p>Nothing that these numbers show.</p>`
    : html`<ul class="notes">
        ${lines}
      </ul>`;
}

function picture({ encoders, projection }: PageOfMethod): Html {
  const { encoder, x, y, user, explained } = projection;
  const clouds = encoders.map((name, place): Cloud => ({
    name,
    points: encoder.flatMap((of, i) => (of === place ? [[x[i]!, y[i]!] as const] : [])),
  }));
  const percent = (share: number) => `${(100 * share).toFixed(0)}% of the variance`;
  const parts = clouds.map(({ name, points }) => `${count(points.length)} points of ${name}`);
  return html`<div class="toggles">
    <fieldset class="legend">
      <legend class="sr">Encoders shown</legend>
      ${clouds.map(
        ({ name, points }, i) =>
          points.length > 0 &&
          html`<label
            ><input type="checkbox" class="t${i}" checked autocomplete="off" />${shapeKey(
              i,
            )}${name}</label
          >`,
      )}
    </fieldset>
    <figure class="card chart-card">
      ${scatter(clouds, {
        x: `first direction, ${percent(explained[0])}`,
        y: `second, ${percent(explained[1])}`,
        label: `Representations of ${count(new Set(user).size)} users: ${list(parts)}`,
      })}
    </figure>
  </div>`;
}
