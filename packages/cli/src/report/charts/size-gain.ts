import type { Comparison } from "../facts.ts";
import { count, signed } from "../format.ts";
import { html, type Html } from "../html.ts";
import { verdictClass } from "../widgets/mark.ts";
import { linearScale, logScale } from "./scale.ts";

const WIDTH = 720;
const HEIGHT = 320;
const LEFT = 64;
const BOTTOM = 44;
const RIGHT = 60;
const TOP = 14;

/** Each client's gain over local training against its number of training rows. */
export function sizeGain(
  comparisons: readonly Comparison[],
  rowsOf: (client: string) => number,
  metric: string,
): Html {
  const x = logScale(
    comparisons.map(({ client }) => rowsOf(client)),
    [LEFT, WIDTH - RIGHT],
  );
  const y = linearScale(
    [0, ...comparisons.flatMap(({ low, high }) => [low, high])],
    [HEIGHT - BOTTOM, TOP],
  );
  const floor = HEIGHT - BOTTOM;
  return html`<svg
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    width="100%"
    role="img"
    aria-label="Gain in ${metric} over local training against training rows, client by client"
  >
    ${y.ticks.map(
      (tick) => html`<line
          class="${tick === 0 ? "zero" : "grid"}"
          x1="${LEFT}"
          x2="${WIDTH - RIGHT}"
          y1="${y.at(tick).toFixed(1)}"
          y2="${y.at(tick).toFixed(1)}"
        />
        <text x="${LEFT - 8}" y="${(y.at(tick) + 4).toFixed(1)}" text-anchor="end"
          >${signed(tick, 2)}</text
        >`,
    )}
    ${x.ticks.map(
      (tick) => html`<line
          class="grid"
          x1="${x.at(tick).toFixed(1)}"
          x2="${x.at(tick).toFixed(1)}"
          y1="${TOP}"
          y2="${floor}"
        />
        <text x="${x.at(tick).toFixed(1)}" y="${floor + 18}" text-anchor="middle"
          >${count(tick)}</text
        >`,
    )}
    <text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">
      training rows
    </text>
    ${comparisons.map(({ client, difference, low, high, verdict }) => {
      const at = x.at(rowsOf(client)).toFixed(1);
      return html`<g class="${verdictClass(verdict)}"
        ><title>${client}: ${count(rowsOf(client))} rows, ${signed(difference)}</title>
        <line
          class="whisker"
          x1="${at}"
          x2="${at}"
          y1="${y.at(low).toFixed(1)}"
          y2="${y.at(high).toFixed(1)}"
        />
        <circle class="dot" cx="${at}" cy="${y.at(difference).toFixed(1)}" r="5" />
        <text class="name" x="${Number(at) + 9}" y="${(y.at(difference) + 4).toFixed(1)}"
          >${client}</text
        ></g
      >`;
    })}
  </svg>`;
}
