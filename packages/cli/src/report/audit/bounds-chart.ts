import { html, type Html } from "../html.ts";
import { atLeast, type CanaryRow } from "./facts.ts";

const WIDTH = 420;
const ROW = 30;
const LEFT = 140;
const RIGHT = 20;
const BOTTOM = 40;

/** The smallest epsilon that has a place of its own; what is smaller stands at the edge. */
const LEAST = 0.01;

/** What canaries show against what is promised, on one axis of logarithms. */
export function boundsChart(rows: readonly CanaryRow[], nameOf: (row: CanaryRow) => string): Html {
  const values = rows.flatMap(({ boundTogether, claimed }) => [boundTogether, claimed ?? 1]);
  const highest = Math.ceil(Math.log10(Math.max(1, ...values)) + 0.05);
  const lowest = Math.log10(LEAST);
  const x = (epsilon: number) =>
    LEFT +
    ((Math.log10(Math.max(LEAST, epsilon)) - lowest) / (highest - lowest)) * (WIDTH - LEFT - RIGHT);
  const height = rows.length * ROW + BOTTOM;
  const floor = height - BOTTOM;
  const at = (value: number) => value.toFixed(1);
  const ticks = Array.from({ length: highest - lowest + 1 }, (_, i) => 10 ** (lowest + i));
  return html`<svg
    viewBox="0 0 ${WIDTH} ${height}"
    width="100%"
    role="img"
    aria-label="Lower bounds of epsilon from canaries, against promises"
  >
    ${ticks.map(
      (tick) => html`<line
          class="grid"
          x1="${at(x(tick))}"
          x2="${at(x(tick))}"
          y1="0"
          y2="${floor}"
        />
        <text x="${at(x(tick))}" y="${floor + 18}" text-anchor="middle"
          >${Number(tick.toPrecision(3))}</text
        >`,
    )}
    <text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${height - 4}" text-anchor="middle">epsilon</text>
    ${rows.map((row, i) => {
      const y = i * ROW + ROW / 2;
      const { boundTogether, claimed, exceeded } = row;
      return html`<g class="${exceeded ? "refuted" : "kept"}"
        ><title>
          ${nameOf(row)}: at least ${atLeast(boundTogether)}, promised ${row.promised ?? "nothing"}
        </title>
        <text class="name" x="${LEFT - 12}" y="${y + 4}" text-anchor="end">${nameOf(row)}</text>
        <line class="bound" x1="${LEFT}" x2="${at(x(boundTogether))}" y1="${y}" y2="${y}" />
        <circle class="bound-end" cx="${at(x(boundTogether))}" cy="${y}" r="5" />
        ${
          claimed !== undefined &&
          html`<line
            class="promise"
            x1="${at(x(claimed))}"
            x2="${at(x(claimed))}"
            y1="${y - 10}"
            y2="${y + 10}"
          />`
        }</g
      >`;
    })}
  </svg>`;
}
