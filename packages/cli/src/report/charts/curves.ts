import { html, type Html } from "../html.ts";
import { linearScale } from "./scale.ts";
import { valueGrid } from "./value-grid.ts";

const WIDTH = 300;
const HEIGHT = 170;
const LEFT = 44;
const BOTTOM = 24;
const TOP = 8;
const RIGHT = 8;

export interface Curve {
  readonly name: string;
  /** Index of its colour in the theme, 0 to 8. */
  readonly colour: number;
  readonly strong: boolean;
  /** Mean over seeds, by round. */
  readonly points: readonly (readonly [round: number, value: number])[];
}

/** Validation by round, one line per method; the axis begins at 0 or where it is told to. */
export function curveChart(
  curves: readonly Curve[],
  label: string,
  { from = 0 }: { readonly from?: number } = {},
): Html {
  const points = curves.flatMap((curve) => curve.points);
  const x = linearScale([from, ...points.map(([round]) => round)], [LEFT, WIDTH - RIGHT], 4);
  const y = linearScale(
    points.map(([, value]) => value),
    [HEIGHT - BOTTOM, TOP],
    4,
  );
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="100%" role="img" aria-label="${label}">
    ${valueGrid(y, { left: LEFT, right: WIDTH - RIGHT })}
    ${x.ticks
      .filter((tick) => Number.isInteger(tick) && tick >= from)
      .map(
        (tick) =>
          html`<text x="${x.at(tick).toFixed(1)}" y="${HEIGHT - 6}" text-anchor="middle"
            >${tick}</text
          >`,
      )}
    ${curves.map(
      ({ points: own, colour, strong, name }, i) =>
        html`<polyline
          class="curve c${i}${strong && " strong"}"
          style="stroke:var(--s${colour})"
          points="${own
            .map(([round, value]) => `${x.at(round).toFixed(1)},${y.at(value).toFixed(1)}`)
            .join(" ")}"
          ><title>${name}</title></polyline
        >`,
    )}
  </svg>`;
}
