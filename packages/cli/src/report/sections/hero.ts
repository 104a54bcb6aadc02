import type { Answer } from "../answer.ts";
import type { Facts } from "../facts.ts";
import { signed } from "../format.ts";
import { html, type Html } from "../html.ts";
import { mark, verdictClass } from "../widgets/mark.ts";

/** The answer, and each client's own. */
export function hero({ headline, details, tally }: Answer, facts: Facts): Html {
  const { result, shown, clients } = facts;
  const { name, description } = result.experiment as { name?: unknown; description?: unknown };
  const seeds = result.seeds.length;
  return html`<header class="hero">
    <p class="eyebrow">
      ${typeof name === "string" ? name : "experiment"} · ${clients.length}
      ${clients.length === 1 ? "client" : "clients"} · ${facts.methods.length} methods · ${seeds}
      ${seeds === 1 ? "seed" : "seeds"}
    </p>
    <h1>${headline}</h1>
    ${typeof description === "string" && html`<p class="eyebrow">${description}</p>`}
    ${
      tally &&
      html`<ul class="chips">
        ${shown.map((client) => {
          const entry = facts.comparison(tally.method, client, result.metric);
          return html`<li class="${verdictClass(entry?.verdict)}">
            <b>${client}</b>
            <span class="gain">${signed(entry?.difference)}</span>${mark(entry?.verdict)}
          </li>`;
        })}
      </ul>`
    }
    <ul class="details">
      ${details.map((text) => html`<li>${text}</li>`)}
    </ul>
  </header>`;
}
