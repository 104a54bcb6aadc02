import { valueOf, type TuneResult } from "@atoll/node/tune";
import { linearScale } from "../charts/scale.ts";
import { valueGrid } from "../charts/value-grid.ts";
import { metricValue } from "../format.ts";
import { html, type Html } from "../html.ts";
import { settingTitle } from "./setting-title.ts";

const WIDTH = 720;
const HEIGHT = 300;
const LEFT = 64;
const BOTTOM = 44;
const RIGHT = 16;
const TOP = 14;

/** Colours that the theme knows. */
const COLOURS = 8;

/** The theme's colour of a rung. */
export function rungColour(rung: number): string {
  return `var(--s${1 + ((rung - 1) % COLOURS)})`;
}

/** The objective of every trial in the order they ran, and the best so far within each rung. */
export function trialsChart(result: TuneResult, metric: string): Html {
  const { trials, objective, best } = result;
  const values = trials.map(valueOf).filter((value) => value !== undefined);
  const x = linearScale([1, trials.length], [LEFT, WIDTH - RIGHT], 8);
  const y = linearScale(values, [HEIGHT - BOTTOM, TOP]);
  const floor = HEIGHT - BOTTOM;
  const at = (value: number) => value.toFixed(1);
  return html`<svg
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    width="100%"
    role="img"
    aria-label="${metric} of every trial, in the order they ran"
  >
    ${valueGrid(y, { left: LEFT, right: WIDTH - RIGHT, gap: 8 })}
    ${x.ticks
      .filter((tick) => Number.isInteger(tick) && tick >= 1)
      .map(
        (tick) =>
          html`<text x="${at(x.at(tick))}" y="${floor + 18}" text-anchor="middle">${tick}</text>`,
      )}
    <text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">trial</text>
    ${result.rungs.map((_, i) => {
      const rung = i + 1;
      let top: number | undefined;
      let previous: string | undefined;
      const points = trials.flatMap((trial, order) => {
        if (trial.rung !== rung) return [];
        const value = valueOf(trial);
        if (value !== undefined)
          top =
            top === undefined
              ? value
              : objective.higherIsBetter
                ? Math.max(top, value)
                : Math.min(top, value);
        if (top === undefined) return [];
        const [before, height] = [previous, at(y.at(top))];
        previous = height;
        const place = at(x.at(order + 1));
        // A step: the best so far stays until the trial that beats it.
        return before === undefined
          ? [`${place},${height}`]
          : [`${place},${before}`, `${place},${height}`];
      });
      return html`<polyline
        class="so-far"
        style="stroke:${rungColour(rung)}"
        points="${points.join(" ")}"
      />`;
    })}
    ${trials.map((trial, order) => {
      const value = valueOf(trial);
      const cx = at(x.at(order + 1));
      const isBest = trial.setting === best?.setting && trial.rung === best.rung;
      return value === undefined
        ? html`<text class="failed" x="${cx}" y="${floor - 2}" text-anchor="middle"
            >×<title>${settingTitle(trial)}</title></text
          >`
        : html`<circle
            class="trial"
            style="fill:${rungColour(trial.rung)}"
            cx="${cx}"
            cy="${at(y.at(value))}"
            r="${isBest ? 7 : 4}"
            ><title>${metricValue(value)}: ${settingTitle(trial)}</title></circle
          >`;
    })}
  </svg>`;
}
