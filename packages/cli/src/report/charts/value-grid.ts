import { html, type Html } from "../html.ts";
import type { Scale } from "./scale.ts";

export interface ValueGridOptions {
  /** Where lines begin and end. */
  readonly left: number;
  readonly right: number;
  /** Between a line and its value. */
  readonly gap?: number;
}

/** A line across the chart at each round value of its vertical axis, the value before it. */
export function valueGrid(y: Scale, { left, right, gap = 6 }: ValueGridOptions): Html {
  return html`${y.ticks.map((tick) => {
    const at = y.at(tick);
    return html`<line
        class="grid"
        x1="${left}"
        x2="${right}"
        y1="${at.toFixed(1)}"
        y2="${at.toFixed(1)}"
      />
      <text x="${left - gap}" y="${(at + 4).toFixed(1)}" text-anchor="end"
        >${Number(tick.toPrecision(6))}</text
      >`;
  })}`;
}
