import type { MetricsLine } from "@atoll/node/results";
import type { Facts } from "../facts.ts";
import { bytes, MISSING } from "../format.ts";
import { html, type Html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import { scrollTable } from "../widgets/scroll-table.ts";

interface Traffic {
  readonly up: number;
  readonly down: number;
}

/** Bytes of each client in one training, method by method; undefined where no line tells. */
export function clientTraffic(facts: Facts, lines: readonly MetricsLine[]): Html | undefined {
  const sums = new Map<string, Traffic>();
  const key = (method: string, client: string) => JSON.stringify([method, client]);
  for (const { method, client, bytesUp, bytesDown } of lines) {
    const before = sums.get(key(method, client)) ?? { up: 0, down: 0 };
    sums.set(key(method, client), { up: before.up + bytesUp, down: before.down + bytesDown });
  }
  const methods = facts.federated.filter((name) =>
    facts.shown.some((client) => sums.has(key(name, client))),
  );
  if (methods.length === 0) return undefined;
  const seeds = Math.max(1, facts.result.seeds.length);
  return scrollTable(
    html`<thead>
        <tr>
          <th scope="col">Client</th>
          ${methods.map(
            (name) => html`<th scope="col">${methodLabel(name)}, up</th>
              <th scope="col">down</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${facts.shown.map(
          (client) =>
            html`<tr>
              <th scope="row">${client}</th>
              ${methods.map((name) => {
                const own = sums.get(key(name, client));
                return (["up", "down"] as const).map((way) =>
                  own === undefined
                    ? html`<td>${MISSING}</td>`
                    : html`<td data-v="${own[way] / seeds}">${bytes(own[way] / seeds)}</td>`,
                );
              })}
            </tr>`,
        )}
      </tbody>`,
    {
      label: "Bytes by client",
      sortable: true,
      caption: "One training, mean over seeds: the rounds of all stages as metrics.jsonl has them.",
    },
  );
}
