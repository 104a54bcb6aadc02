import type { Answer } from "../answer.ts";
import { MACRO, type Facts } from "../facts.ts";
import { bytes, signed, signedInterval } from "../format.ts";
import { html, type Html } from "../html.ts";
import { epsilonText } from "../epsilon-text.ts";
import { methodLabel, metricLabel } from "../labels.ts";
import { promiseOf } from "../privacy/utility.ts";
import { mark, verdictClass } from "../widgets/mark.ts";

/** Would we gain from federating? The verdict, its number with its interval, and what a reader must know beside it. */
export function hero({ headline, details, tally }: Answer, facts: Facts): Html {
  const { result, clients } = facts;
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
    ${tally && figures(facts, tally.method)}
    <ul class="details">
      ${details.map((text) => html`<li>${text}</li>`)}
    </ul>
  </header>`;
}

/** The four numbers of the method that the headline speaks of. */
function figures(facts: Facts, method: string): Html {
  const { result } = facts;
  const own = result.methods[method]!;
  const macro = facts.comparison(method, MACRO, result.metric);
  const { better, worse, unclear } = facts.tally(method, result.metric);
  const compared = better.length + worse.length + unclear.length;
  const promise = promiseOf(own);
  return html`<dl class="figures">
    ${
      macro !== undefined &&
      html`<div class="${verdictClass(macro.verdict)}">
        <dt>${metricLabel(result.metric)} over local, ${methodLabel(method)}</dt>
        <dd>
          ${signed(macro.difference)}${mark(macro.verdict)}<small
            >mean of clients, 95% interval ${signedInterval(macro.low, macro.high)}</small
          >
        </dd>
      </div>`
    }
    ${
      compared > 0 &&
      html`<div>
        <dt>Clients clearly better</dt>
        <dd>
          ${better.length} of ${compared}<small
            >${worse.length} clearly worse, ${unclear.length} without a clear difference</small
          >
        </dd>
      </div>`
    }
    <div>
      <dt>Moved in one training</dt>
      <dd>
        ${bytes(own.bytes.up + own.bytes.down)}<small
          >${bytes(own.bytes.up)} up, ${bytes(own.bytes.down)} down, all clients</small
        >
      </dd>
    </div>
    <div>
      <dt>Privacy promise</dt>
      <dd>
        ${promise === Infinity ? "none" : html`ε ≤ ${epsilonText(promise)}`}<small
          >${
            promise === Infinity
              ? "what each message reveals is listed below"
              : `for each ${own.privacy?.unit ?? "unit"}, the greatest of its accounts`
          }</small
        >
      </dd>
    </div>
  </dl>`;
}
