import { html, type Html } from "../html.ts";

/** Something that was looked for. */
export interface Check {
  /** `found`: a reason to look twice. `unknown`: this run cannot tell. */
  readonly kind: "found" | "clear" | "unknown";
  /** What could go wrong, in a few words. */
  readonly risk: string;
  /** What was found, or that nothing was. */
  readonly text: string;
  /** What was looked at. */
  readonly looked: string;
  /** Every finding, where there are several. */
  readonly items?: readonly string[];
  /** The section of the page that has more of it. */
  readonly section?: string;
}

/** Findings that stand open; the others are folded away. */
const OPEN = 4;

const STATES: Readonly<Record<Check["kind"], readonly [glyph: string, word: string]>> = {
  found: ["▲", "Look twice"],
  clear: ["✓", "Nothing found"],
  unknown: ["?", "Cannot tell"],
};

const ORDER: readonly Check["kind"][] = ["found", "unknown", "clear"];

/** What was found first, then what this run cannot tell, then where nothing was found. */
export function checkList(checks: readonly Check[]): Html {
  const sorted = checks.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  return html`<ul class="checks">
    ${sorted.map(({ kind, risk, text, looked, items = [], section }) => {
      const [glyph, word] = STATES[kind];
      const listed = (texts: readonly string[]) =>
        html`<ul>
          ${texts.map((item) => html`<li>${item}</li>`)}
        </ul>`;
      return html`<li class="${kind}">
        <span class="state"><span aria-hidden="true">${glyph}</span> ${word}</span>
        <div>
          <p><strong>${risk}.</strong> ${text}</p>
          ${items.length > 0 && listed(items.slice(0, OPEN))}
          ${
            items.length > OPEN &&
            html`<details>
              <summary>${items.length - OPEN} more</summary>
              ${listed(items.slice(OPEN))}
            </details>`
          }
          <p class="looked">
            Looked at:
            ${looked}.${section !== undefined && html` <a href="#${section}">More on ${risk[0]!.toLowerCase() + risk.slice(1)}</a>.`}
          </p>
        </div>
      </li>`;
    })}
  </ul>`;
}
