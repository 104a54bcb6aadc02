import { html, type Html } from "../html.ts";

/** Colours that the theme knows. */
const COLOURS = 8;
const WIDTH = 100;

export interface StackedBar {
  readonly label: string;
  /** At least 0; a bar is as long as all others, whatever their sum. */
  readonly values: readonly number[];
  /** What the bar says, in words. */
  readonly text: string;
}

/** The class-free colour of the i-th part of every bar. */
export function partColour(index: number): string {
  return `var(--s${1 + (index % COLOURS)})`;
}

/** Bars of one length cut into parts, with their names beside them. They stretch to the width there is. */
export function stackedBars(bars: readonly StackedBar[]): Html {
  return html`<div class="heat stacked">
    ${bars.map(({ label, values, text }) => {
      const total = values.reduce((sum, value) => sum + value, 0) || 1;
      let from = 0;
      return html`<span class="heat-label" title="${label}">${label}</span>
        <svg
          class="heat-row"
          viewBox="0 0 ${WIDTH} 1"
          preserveAspectRatio="none"
          width="100%"
          role="img"
          aria-label="${text}"
        >
          ${values.map((value, i) => {
            const at = from;
            const width = (WIDTH * value) / total;
            from += width;
            return html`<rect
              style="fill:${partColour(i)}"
              x="${at.toFixed(2)}"
              width="${Math.max(0, width - 0.4).toFixed(2)}"
              height="1"
            />`;
          })}
        </svg>`;
    })}
  </div>`;
}
