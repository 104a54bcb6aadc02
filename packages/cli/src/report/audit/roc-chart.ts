import { html, type Html } from "../html.ts";

const WIDTH = 300;
const HEIGHT = 260;
const LEFT = 50;
const BOTTOM = 40;
const TOP = 8;
const RIGHT = 10;

export interface RocCurve {
  readonly name: string;
  readonly className: string;
  /** False and true positives, rising. */
  readonly points: readonly (readonly [fpr: number, tpr: number])[];
}

/**
 * True against false positives, both as logarithms: what matters is how many members are found where hardly anybody
 * else is taken for one (Carlini et al. 2022). The dashed line is guessing. `least` is the smallest share that
 * is shown; what is below, 0 included, stands at the edge.
 */
export function rocChart(curves: readonly RocCurve[], least: number, label: string): Html {
  const decades = Math.max(1, Math.ceil(-Math.log10(least) - 1e-9));
  const place = (share: number) => Math.max(0, 1 + Math.log10(Math.max(share, 1e-12)) / decades);
  const x = (share: number) => LEFT + place(share) * (WIDTH - LEFT - RIGHT);
  const y = (share: number) => HEIGHT - BOTTOM - place(share) * (HEIGHT - BOTTOM - TOP);
  const ticks = Array.from({ length: decades + 1 }, (_, i) => 10 ** (i - decades));
  const at = (value: number) => value.toFixed(1);
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="100%" role="img" aria-label="${label}">
    ${ticks.map(
      (tick) => html`<line
          class="grid"
          x1="${LEFT}"
          x2="${WIDTH - RIGHT}"
          y1="${at(y(tick))}"
          y2="${at(y(tick))}"
        />
        <line
          class="grid"
          x1="${at(x(tick))}"
          x2="${at(x(tick))}"
          y1="${TOP}"
          y2="${HEIGHT - BOTTOM}"
        />
        <text x="${LEFT - 6}" y="${at(y(tick) + 4)}" text-anchor="end">${shareText(tick)}</text>
        <text x="${at(x(tick))}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle"
          >${shareText(tick)}</text
        >`,
    )}
    <text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">
      false positives
    </text>
    <line class="chance" x1="${at(x(0))}" y1="${at(y(0))}" x2="${at(x(1))}" y2="${at(y(1))}" />
    ${curves.map(
      ({ name, className, points }) =>
        html`<polyline class="curve ${className}" points="${stairs(points, { x, y }).join(" ")}"
          ><title>${name}</title></polyline
        >`,
    )}
  </svg>`;
}

/** A curve goes up where it stands: between two points only the first one's false positives are certain. */
function stairs(
  points: RocCurve["points"],
  { x, y }: { readonly x: (share: number) => number; readonly y: (share: number) => number },
): string[] {
  const text = (fpr: number, tpr: number) => `${x(fpr).toFixed(1)},${y(tpr).toFixed(1)}`;
  return points.flatMap(([fpr, tpr], i) => {
    const before = points[i - 1];
    return before === undefined ? [text(fpr, tpr)] : [text(fpr, before[1]), text(fpr, tpr)];
  });
}

function shareText(share: number): string {
  return `${Number((100 * share).toPrecision(3))}%`;
}
