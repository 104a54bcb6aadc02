import { html, type Html } from "../html.ts";
import { epsilonText } from "../epsilon-text.ts";
import { metricValue } from "../format.ts";
import { epsilonScale } from "./epsilon-scale.ts";
import { linearScale } from "./scale.ts";
import { valueGrid } from "./value-grid.ts";

const WIDTH = 560;
const HEIGHT = 290;
const LEFT = 66;
const BOTTOM = 50;
const RIGHT = 30;
const TOP = 14;
const APART = 9;

/** How good a method is at what promise. */
export interface UtilityPoint {
  readonly name: string;
  /** Infinity: without a promise. */
  readonly epsilon: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Points that differ in their promise alone, joined by a line. */
export interface UtilitySeries {
  readonly name: string;
  /** Index of its colour in the theme, 0 to 8. */
  readonly colour: number;
  /** Whom they protect; undefined without a promise. */
  readonly unit: string | undefined;
  readonly points: readonly UtilityPoint[];
}

/** The headline metric with its interval against epsilon: logarithmic, no promise at the right edge. */
export function utilityChart(series: readonly UtilitySeries[], metric: string): Html {
  const all = series.flatMap(({ points }) => points);
  const floor = HEIGHT - BOTTOM;
  const x = epsilonScale(
    all.map(({ epsilon }) => epsilon),
    [LEFT + 10, WIDTH - RIGHT],
  );
  const y = linearScale(
    all.flatMap(({ low, high }) => [low, high]),
    [floor, TOP],
  );
  const unpromised = series.filter(({ points }) =>
    points.some(({ epsilon }) => epsilon === Infinity),
  );
  return html`<svg
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    width="100%"
    role="img"
    aria-label="${metric} against epsilon: ${all.map(said).join("; ")}"
  >
    ${valueGrid(y, { left: LEFT, right: WIDTH - RIGHT, gap: 8 })}
    ${x.ticks.map(
      ({ at, label }) => html`<line
          class="grid"
          x1="${at.toFixed(1)}"
          x2="${at.toFixed(1)}"
          y1="${TOP}"
          y2="${floor}"
        />
        <text x="${at.toFixed(1)}" y="${floor + 18}" text-anchor="middle">${label}</text>`,
    )}
    ${
      x.gap !== undefined &&
      html`<text x="${x.gap.toFixed(1)}" y="${floor + 18}" text-anchor="middle">//</text>`
    }
    <text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">
      epsilon (∞: no promise)
    </text>
    ${series.map((own) => {
      const { points, colour } = own;
      const sorted = points.toSorted((a, b) => a.epsilon - b.epsilon);
      // What has no promise meets at infinity, and stands a little apart there.
      const shift = (unpromised.indexOf(own) - (unpromised.length - 1) / 2) * APART;
      const at = ({ epsilon }: UtilityPoint) =>
        (x.at(epsilon) + (epsilon === Infinity ? shift : 0)).toFixed(1);
      return html`<polyline
          class="curve"
          style="stroke:var(--s${colour})"
          points="${sorted
            .filter(({ epsilon }) => epsilon < Infinity)
            .map((point) => `${at(point)},${y.at(point.value).toFixed(1)}`)
            .join(" ")}"
        />${sorted.map(
          (point) => html`<g style="--own:var(--s${colour})"
            ><title>${said(point)}</title>
            <line
              class="own-whisker"
              x1="${at(point)}"
              x2="${at(point)}"
              y1="${y.at(point.low).toFixed(1)}"
              y2="${y.at(point.high).toFixed(1)}" />
            <circle class="own-dot" cx="${at(point)}" cy="${y.at(point.value).toFixed(1)}" r="5"
          /></g>`,
        )}`;
    })}
  </svg>`;
}

function said({ name, epsilon, value, low, high }: UtilityPoint): string {
  const promise = epsilon === Infinity ? "no promise" : `epsilon ${epsilonText(epsilon)}`;
  return `${name}: ${promise}, ${metricValue(value)} [${metricValue(low)}, ${metricValue(high)}]`;
}
