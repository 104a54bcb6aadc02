import type { Facts } from "../facts.ts";
import { count } from "../format.ts";
import { html, type Html } from "../html.ts";
import type { Environment } from "../input.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { block, folded } from "./section.ts";

/** How the numbers came about: rules, rows, machine, and the experiment itself. */
export function protocolBlocks(
  { result }: Facts,
  {
    environment,
    learning,
  }: { readonly environment: Environment; readonly learning?: Html | undefined },
): Html {
  const { versions, ...facts } = environment;
  const general = result.protocol.filter(({ topic }) => !topic.startsWith(OF_CLIENT));
  const ofClients = result.protocol.filter(({ topic }) => topic.startsWith(OF_CLIENT));
  return html`<dl class="pairs">${general.map(entry)}</dl>
    ${ofClients.length > 0 && folded("Notes on single clients", html`<dl class="pairs">${ofClients.map(entry)}</dl>`)}
    ${learning}
    ${block(
      "The clients' data",
      scrollTable(
        html`<thead>
            <tr>
              <th scope="col">Client</th>
              <th scope="col">Training rows</th>
              <th scope="col">Validation</th>
              <th scope="col">Test</th>
              <th scope="col">Users</th>
              <th scope="col">Items</th>
            </tr>
          </thead>
          <tbody>
            ${Object.entries(result.clients).map(
              ([client, counts]) =>
                html`<tr>
                  <th scope="row">${client}</th>
                  <td>${count(counts.train)}</td>
                  <td>${count(counts.valid)}</td>
                  <td>${count(counts.test)}</td>
                  <td>${count(counts.users)}</td>
                  <td>${count(counts.items)}</td>
                </tr>`,
            )}
          </tbody>`,
        { label: "Rows, users and items by client", sortable: true },
      ),
    )}
    ${block(
      "The machine",
      html`<dl class="pairs">
        ${Object.entries({ ...facts, ...versions }).map(
          ([name, value]) =>
            html`<dt>${name}</dt>
              <dd>${value === null ? "unknown" : String(value)}</dd>`,
        )}
      </dl>`,
    )}
    <div class="block">
      <details>
        <summary>The experiment, every default filled in</summary>
        <pre tabindex="0" role="region" aria-label="The experiment as it was run">
${JSON.stringify(result.experiment, null, 2)}</pre>
      </details>
    </div>`;
}

/** What is said of one client begins so. */
const OF_CLIENT = "Client ";

const entry = ({ topic, text }: { readonly topic: string; readonly text: string }) =>
  html`<dt>${topic}</dt>
    <dd>${text}</dd>`;
