import type { Facts } from "../facts.ts";
import { count } from "../format.ts";
import { html } from "../html.ts";
import type { Environment } from "../input.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { block, type Section } from "./section.ts";

/** How the numbers came about: rules, rows, machine, and the experiment itself. */
export function protocol({ result }: Facts, environment: Environment): Section {
  const { versions, ...facts } = environment;
  return {
    id: "protocol",
    title: "How it was measured",
    content: html`<dl class="pairs">
        ${result.protocol.map(
          ({ topic, text }) =>
            html`<dt>${topic}</dt>
              <dd>${text}</dd>`,
        )}
      </dl>
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
          { label: "Rows, users and items by client" },
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
          <pre>${JSON.stringify(result.experiment, null, 2)}</pre>
        </details>
      </div>`,
  };
}
