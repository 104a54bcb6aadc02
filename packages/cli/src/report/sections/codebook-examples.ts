import type { CodebookPages } from "@atoll/node/results";
import { count } from "../format.ts";
import { html, type Html } from "../html.ts";

type Examples = NonNullable<
  NonNullable<CodebookPages["methods"][string]["entities"]["item"]>["examples"]
>;

/** Codes that stand open; the others are folded away. */
const OPEN = 3;

/** What stands behind the codes that most clients use: each client's most popular items of the code. */
export function codeExamples(examples: Examples, shown: readonly string[]): Html {
  return html`<p>
      The most popular items of the codes that most clients use. If codes are aligned, one card
      holds things of one kind, whichever client they are from.
    </p>
    ${cards(examples.slice(0, OPEN), shown)}
    ${
      examples.length > OPEN &&
      html`<details>
        <summary>${count(examples.length - OPEN)} more codes</summary>
        ${cards(examples.slice(OPEN), shown)}
      </details>`
    }`;
}

function cards(examples: Examples, shown: readonly string[]): Html {
  return html`<div class="codes">
    ${examples.map(({ code, clients }) => {
      const names = Object.keys(clients);
      const listed = names.filter((name) => shown.includes(name));
      return html`<article class="card">
        <h4>Code ${code}</h4>
        <dl>
          ${(listed.length > 0 ? listed : names).map((name) => {
            const { entities, examples: own } = clients[name]!;
            return html`<dt>
                ${name} <span>${count(entities)} ${entities === 1 ? "item" : "items"}</span>
              </dt>
              ${own.map(
                ({ value, words }) =>
                  html`<dd>
                    ${words === undefined ? value : html`${words} <small>${value}</small>`}
                  </dd>`,
              )}`;
          })}
        </dl>
      </article>`;
    })}
  </div>`;
}
