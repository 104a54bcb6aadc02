import type { DomainsResult } from "@atoll/node/results";
import { MISSING, signed } from "../format.ts";
import { html, type Html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { block } from "./section.ts";

export interface NamedDomains {
  readonly name: string;
  readonly domains: DomainsResult;
}

type Cosine = DomainsResult["cosines"][number];

/** One line per method: how near the representations of encoders are. */
export function cosinesTable(methods: readonly NamedDomains[], numSeeds: number): Html {
  const pairs = [
    ...new Map(
      methods
        .flatMap(({ domains }) => domains.cosines)
        .map(({ encoders }) => [JSON.stringify(encoders), encoders] as const),
    ).values(),
  ];
  if (pairs.length === 0) return html``;
  return block(
    "How near encoders are",
    scrollTable(
      html`<thead>
          <tr>
            <th scope="col">Method</th>
            ${pairs.map(([first, second]) => html`<th scope="col">${first}, ${second}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${methods.map(
            ({ name, domains }) =>
              html`<tr>
                <th scope="row">${methodLabel(name)}</th>
                ${pairs.map((pair) => cell(domains.cosines.find(of(pair)), numSeeds))}
              </tr>`,
          )}
        </tbody>`,
      {
        label: "Cosines of encoders by method",
        className: "cosines",
        caption: `Mean cosine of a user's two vectors, on training sequences${numSeeds > 1 ? "; ± one standard deviation over seeds" : ""}. Below it the mean over pairs of different users: as near are two encoders by what no user decides. Two domains overlap from 0.8 on and are near from 0.5 on; the merged encoder should be near to all of them.`,
      },
    ),
  );
}

const of =
  ([first, second]: Cosine["encoders"]) =>
  ({ encoders }: Cosine) =>
    encoders[0] === first && encoders[1] === second;

function cell(found: Cosine | undefined, numSeeds: number): Html {
  if (found === undefined) return html`<td>${MISSING}</td>`;
  const { cosine, others, overlap } = found;
  return html`<td>
    <span class="value"
      >${signed(cosine.mean, 2)}${numSeeds > 1 && ` ± ${cosine.sd.toFixed(2)}`}</span
    >
    ${overlap !== undefined && html`<small class="${overlap === "overlapping" && "flag"}">${overlap}</small>`}
    ${others !== undefined && html`<small>others ${signed(others.mean, 2)}</small>`}
  </td>`;
}
