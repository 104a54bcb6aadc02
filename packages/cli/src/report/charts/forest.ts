import type { Comparison } from "../facts.ts";
import { signed } from "../format.ts";
import { html, type Html } from "../html.ts";
import { verdictClass } from "../widgets/mark.ts";
import { linearScale, type Scale } from "./scale.ts";

const WIDTH = 400;
const HEIGHT = 28;

/** One scale for all rows of a forest plot, zero included. */
export function forestScale(comparisons: readonly Comparison[]): Scale {
  return linearScale([0, ...comparisons.flatMap(({ low, high }) => [low, high])], [0, WIDTH]);
}

/** A difference with its interval on the common scale. */
export function forestRow(
  { difference, low, high, verdict, client }: Comparison,
  scale: Scale,
): Html {
  const middle = HEIGHT / 2;
  const x = (value: number) => scale.at(value).toFixed(1);
  return html`<svg
    class="${verdictClass(verdict)}"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    width="100%"
    role="img"
    aria-label="${client}: ${signed(difference)}, interval ${signed(low)} to ${signed(high)}, ${verdict}"
  >
    <line class="zero" x1="${x(0)}" x2="${x(0)}" y1="0" y2="${HEIGHT}" />
    <line class="whisker" x1="${x(low)}" x2="${x(high)}" y1="${middle}" y2="${middle}" />
    <circle class="dot" cx="${x(difference)}" cy="${middle}" r="5" />
  </svg>`;
}

/** The axis under the rows. */
export function forestAxis(scale: Scale): Html {
  return html`<svg viewBox="0 0 ${WIDTH} 18" width="100%" aria-hidden="true">
    ${scale.ticks.map(
      (tick) =>
        html`<text x="${scale.at(tick).toFixed(1)}" y="13" text-anchor="middle"
          >${signed(tick, 2)}</text
        >`,
    )}
  </svg>`;
}
