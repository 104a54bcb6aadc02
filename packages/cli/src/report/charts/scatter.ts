import { html, type Html } from "../html.ts";

const WIDTH = 560;
const HEIGHT = 400;
const LEFT = 34;
const BOTTOM = 34;
const EDGE = 12;
const SIZE = 3.4;
/** Colours that the theme knows. */
const COLOURS = 8;
/** A place of the picture, in its own units; a tenth is less than anybody sees. */
const at = (value: number) => value.toFixed(1);

export interface Cloud {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface ScatterOptions {
  readonly x: string;
  readonly y: string;
  readonly label: string;
}

/**
 * Points of several clouds on one plane, on which both directions have one scale. A cloud has a colour and a
 * shape of its own, and the class `c<i>`, by which a reader may hide it.
 */
export function scatter(clouds: readonly Cloud[], { x, y, label }: ScatterOptions): Html {
  const all = clouds.flatMap(({ points }) => points);
  const [left, right] = rangeOf(all.map(([value]) => value));
  const [low, high] = rangeOf(all.map(([, value]) => value));
  const room = [WIDTH - LEFT - EDGE, HEIGHT - BOTTOM - EDGE] as const;
  const scale = Math.min(room[0] / (right - left), room[1] / (high - low));
  const px = (value: number) => LEFT + room[0] / 2 + (value - (left + right) / 2) * scale;
  const py = (value: number) => EDGE + room[1] / 2 - (value - (low + high) / 2) * scale;
  const floor = HEIGHT - BOTTOM;
  return html`<svg
    class="scatter"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    width="100%"
    role="img"
    aria-label="${label}"
  >
    <rect class="plane" x="${LEFT}" y="${EDGE}" width="${room[0]}" height="${room[1]}" />
    ${clouds.map(
      ({ name, points }, i) =>
        html`<path
          class="cloud c${i}"
          style="fill:var(--s${colourOf(i)})"
          d="${points.map(([a, b]) => shapeOf(i)(px(a), py(b))).join("")}"
          ><title>${name}</title></path
        >`,
    )}
    <text x="${LEFT + room[0] / 2}" y="${floor + 22}" text-anchor="middle">${x}</text>
    <text
      transform="translate(${LEFT - 12} ${EDGE + room[1] / 2}) rotate(-90)"
      text-anchor="middle"
    >
      ${y}
    </text>
  </svg>`;
}

/** A cloud's shape alone, for a legend. */
export function shapeKey(cloud: number): Html {
  return html`<svg class="shape" viewBox="-6 -6 12 12" width="12" height="12" aria-hidden="true">
    <path style="fill:var(--s${colourOf(cloud)})" d="${shapeOf(cloud)(0, 0)}" />
  </svg>`;
}

const colourOf = (cloud: number) => 1 + (cloud % COLOURS);

/** Somewhat wider than the values, so that no point lies on the edge; never empty. */
function rangeOf(values: readonly number[]): readonly [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (!(high > low)) return [(values[0] ?? 0) - 1, (values[0] ?? 0) + 1];
  const pad = (high - low) * 0.04;
  return [low - pad, high + pad];
}

type Shape = (x: number, y: number) => string;

const polygon =
  (...corners: readonly (readonly [number, number])[]): Shape =>
  (x, y) =>
    `M${corners.map(([dx, dy]) => `${at(x + dx * SIZE)} ${at(y + dy * SIZE)}`).join("L")}z`;

/** Circle, square, triangle, diamond, and these turned: whoever sees no colours tells clouds by them. */
const SHAPES: readonly Shape[] = [
  (x, y) =>
    `M${at(x - SIZE)} ${at(y)}a${SIZE} ${SIZE} 0 1 0 ${2 * SIZE} 0a${SIZE} ${SIZE} 0 1 0 ${-2 * SIZE} 0z`,
  polygon([-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]),
  polygon([0, -1.25], [1.15, 0.8], [-1.15, 0.8]),
  polygon([0, -1.3], [1, 0], [0, 1.3], [-1, 0]),
  polygon([0, 1.25], [1.15, -0.8], [-1.15, -0.8]),
];

const shapeOf = (cloud: number): Shape => SHAPES[cloud % SHAPES.length]!;
