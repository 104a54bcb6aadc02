import type { CodebookResult } from "@atoll/node/results";
import { curveChart } from "../charts/curves.ts";
import { heatMap } from "../charts/heat-map.ts";
import { count, MISSING } from "../format.ts";
import { html, type Html } from "../html.ts";
import { scrollTable } from "../widgets/scroll-table.ts";

type Entity = "item" | "user";
type EntityResult = NonNullable<CodebookResult[Entity]>;

/** Colours that the theme knows. */
const COLOURS = 8;

/** Level-1 codes by client, the most used on the left, and by how many clients each is used. */
export function usageMap(
  entity: Entity,
  uses: Readonly<Record<string, readonly number[]>>,
  shown: readonly string[],
): Html {
  const clients = Object.keys(uses);
  const numCodes = Math.max(0, ...clients.map((client) => uses[client]!.length));
  const shares = new Map(
    clients.map((client) => {
      const own = uses[client]!;
      const total = own.reduce((sum, value) => sum + value, 0);
      return [client, own.map((value) => value / Math.max(1, total))] as const;
    }),
  );
  const codes = Array.from({ length: numCodes }, (_, code) => ({
    code,
    users: clients.filter((client) => uses[client]![code]! > 0).length,
    share: clients.reduce((sum, client) => sum + shares.get(client)![code]!, 0),
  })).toSorted((a, b) => b.share - a.share || a.code - b.code);
  const largest = Math.max(0, ...clients.flatMap((client) => shares.get(client)!));
  const rows = clients
    .filter((client) => shown.includes(client) || !shown.some((name) => clients.includes(name)))
    .map((client) => ({
      label: client,
      values: codes.map(({ code }) => shares.get(client)![code]!),
      most: largest,
    }));
  const sharing = {
    label: "clients",
    values: codes.map(({ users }) => users),
    most: clients.length,
    summary: true,
  };
  return html`<p>
      One column per level-1 code (${count(numCodes)}), the most used on the left; the deeper the
      shade, the larger the share of the client's ${entity}s.
      ${sharingText(
        codes.map(({ users }) => users),
        clients.length,
      )}
    </p>
    ${heatMap([...rows, sharing], `Shares of level-1 codes of ${entity}s, client by client`)}
    <p class="fine">
      <span class="key h0"></span>no ${entity} &nbsp; <span class="key h h1"></span>few &nbsp;
      <span class="key h"></span>as many as the most used code, ${(100 * largest).toFixed(1)}%
      &nbsp; <span class="key summary"></span>how many clients use the code, all
      ${count(clients.length)} at the deepest
    </p>`;
}

/** `Of 256 codes 120 are used by all 7 clients, 12 by one alone and 3 by none.` */
function sharingText(users: readonly number[], numClients: number): string {
  const by = (wanted: (clients: number) => boolean) => users.filter(wanted).length;
  if (numClients < 2) return `${count(by((clients) => clients > 0))} codes are in use.`;
  const parts = [
    `${count(by((clients) => clients === numClients))} are used by all ${count(numClients)} clients`,
    ...(numClients > 2
      ? [`${count(by((clients) => clients > 1 && clients < numClients))} by several`]
      : []),
    `${count(by((clients) => clients === 1))} by one alone`,
    `${count(by((clients) => clients === 0))} by none`,
  ];
  return `Of ${count(users.length)} codes ${parts.join(", ")}.`;
}

/** How each client's codebook is used, and what it loses. */
export function clientTable(
  entity: Entity,
  { levels, clients, common }: EntityResult,
  shown: readonly string[],
): Html {
  const names = Object.keys(clients).filter(
    (name) => shown.includes(name) || !shown.some((client) => client in clients),
  );
  return html`${scrollTable(
      html`<thead>
          <tr>
            <th scope="col">Client</th>
            <th scope="col">${entity === "item" ? "Items" : "Users"}</th>
            ${levels.map(
              (kind, level) =>
                html`<th scope="col">Level ${level + 1} (${kind})<br />codes used</th>
                  <th scope="col"><br />perplexity</th>`,
            )}
            <th scope="col">Collisions</th>
            <th scope="col">Error</th>
          </tr>
        </thead>
        <tbody>
          ${names.map((name) => {
            const own = clients[name]!;
            return html`<tr>
              <th scope="row">${name}</th>
              <td>${count(own.entities)}</td>
              ${levels.map(
                (_, level) =>
                  html`<td>
                      ${count(own.usage[level]! * own.codes[level]!)} of ${count(own.codes[level]!)}
                    </td>
                    <td>${own.perplexity[level]!.toFixed(1)}</td>`,
              )}
              <td>${(100 * own.collisionRate).toFixed(1)}%</td>
              <td>${own.reconstruction.toFixed(4)}</td>
            </tr>`;
          })}
        </tbody>
        ${
          common !== undefined &&
          html`<tfoot>
            <tr class="total">
              <th scope="row">together</th>
              <td>${count(Object.values(clients).reduce((sum, own) => sum + own.entities, 0))}</td>
              <td></td>
              <td>${common.union.mean.toFixed(1)}</td>
              ${levels.slice(1).map(
                () =>
                  html`<td></td>
                    <td></td>`,
              )}
              <td></td>
              <td></td>
            </tr>
          </tfoot>`
        }`,
      { label: `Codes of ${entity}s by client` },
    )}
    <p class="fine">
      Perplexity: how many codes, equally often used, would be as varied. Collisions: ${entity}s
      whose codes another one has too. Error: mean squared error of the vectors, scaled to variance
      1.
      ${
        common !== undefined &&
        `All clients together use the common codebook as ${common.division.mean.toFixed(2)} separate ones would be used: 1 where all use it alike, ${count(Object.keys(clients).length)} where no two clients have a code in common. Clients that drew from one pool would come to ${common.byChance.mean.toFixed(2)}, by chance. A codebook cut up among clients looks well used as a whole.`
      }
    </p>`;
}

/** Reconstruction error by round, one line per client. */
export function errorChart(
  entity: Entity,
  errorByRound: Readonly<Record<string, readonly number[]>>,
  shown: readonly string[],
): Html {
  const clients = Object.keys(errorByRound).filter(
    (name) => shown.includes(name) || !shown.some((client) => client in errorByRound),
  );
  const curves = clients.map((name, i) => ({
    name,
    colour: 1 + (i % COLOURS),
    strong: false,
    points: errorByRound[name]!.map((error, round) => [round + 1, error] as const),
  }));
  if (curves.every(({ points }) => points.length < 2)) return html`<p>${MISSING}</p>`;
  return html`<p>
      Mean squared error of ${entity} vectors after each round's local training; the last point
      after the client's own last passes.
    </p>
    <ul class="markets">
      ${curves.map(
        ({ name, colour }) =>
          html`<li><span class="key" style="background:var(--s${colour})"></span>${name}</li>`,
      )}
    </ul>
    <figure class="card one-chart">
      ${curveChart(curves, `Quantisation error of ${entity}s by round, client by client`)}
    </figure>`;
}
