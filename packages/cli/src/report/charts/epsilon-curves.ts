import { html, type Html } from "../html.ts";
import { epsilonScale } from "./epsilon-scale.ts";
import { linearScale } from "./scale.ts";

const WIDTH = 560;
const HEIGHT = 260;
const LEFT = 60;
const BOTTOM = 50;
const RIGHT = 18;
const TOP = 14;

export interface EpsilonCurve {
  readonly name: string;
  /** Index of its colour in the theme, 0 to 8. */
  readonly colour: number;
  /** Drawn with dashes: the same releases, seen by somebody else. */
  readonly dashed: boolean;
  readonly points: readonly (readonly [count: number, epsilon: number])[];
}

export interface EpsilonCurvesOptions {
  /** What is counted along the axis: `rounds`, `steps`. */
  readonly unit: string;
  readonly label: string;
  /** A horizontal line: most that may be spent. */
  readonly cap?: number | undefined;
}

/** Epsilon, on a logarithmic axis, against how much was released so far. Points without a promise are left out. */
export function epsilonCurves(
  curves: readonly EpsilonCurve[],
  { unit, label, cap }: EpsilonCurvesOptions,
): Html {
  const drawn = curves.map(({ points, ...curve }) => ({
    ...curve,
    points: points.filter(([, epsilon]) => epsilon > 0 && epsilon < Infinity),
  }));
  const all = drawn.flatMap(({ points }) => points);
  const floor = HEIGHT - BOTTOM;
  const x = linearScale([0, ...all.map(([count]) => count)], [LEFT, WIDTH - RIGHT], 6);
  const y = epsilonScale(
    [...all.map(([, epsilon]) => epsilon), ...(cap === undefined ? [] : [cap])],
    [floor, TOP],
  );
  const across = (at: number, className: string) =>
    html`<line
      class="${className}"
      x1="${LEFT}"
      x2="${WIDTH - RIGHT}"
      y1="${at.toFixed(1)}"
      y2="${at.toFixed(1)}"
    />`;
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="100%" role="img" aria-label="${label}">
    ${y.ticks.map(
      ({ at, label: text }) =>
        html`${across(at, "grid")}
          <text x="${LEFT - 8}" y="${(at + 4).toFixed(1)}" text-anchor="end">${text}</text>`,
    )}
    ${x.ticks
      .filter((tick) => Number.isInteger(tick) && tick >= 0)
      .map(
        (tick) =>
          html`<text x="${x.at(tick).toFixed(1)}" y="${floor + 18}" text-anchor="middle"
            >${tick.toLocaleString("en-US")}</text
          >`,
      )}
    <text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${unit}</text>
    ${
      cap !== undefined &&
      html`${across(y.at(cap), "zero")}<text
          x="${WIDTH - RIGHT}"
          y="${(y.at(cap) - 5).toFixed(1)}"
          text-anchor="end"
          >cap ${cap}</text
        >`
    }
    ${drawn.map(
      ({ points, colour, dashed, name }) =>
        html`<polyline
            class="curve"
            style="stroke:var(--s${colour})${dashed && ";stroke-dasharray:5 4"}"
            points="${points
              .map(([count, epsilon]) => `${x.at(count).toFixed(1)},${y.at(epsilon).toFixed(1)}`)
              .join(" ")}"
            ><title>${name}</title></polyline
          >${
            points.length === 1 &&
            html`<circle
              style="fill:var(--s${colour})"
              cx="${x.at(points[0]![0]).toFixed(1)}"
              cy="${y.at(points[0]![1]).toFixed(1)}"
              r="4"
              ><title>${name}</title></circle
            >`
          }`,
    )}
  </svg>`;
}
