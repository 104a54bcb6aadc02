import { valueOf, type TuneResult } from "@atoll/node/tune";
import { linearScale } from "../charts/scale.ts";
import { valueGrid } from "../charts/value-grid.ts";
import { metricValue } from "../format.ts";
import { html, type Html } from "../html.ts";
import { parameterAxis } from "./axis.ts";
import { settingTitle } from "./setting-title.ts";
import { rungColour } from "./trials-chart.ts";

const WIDTH = 300;
const HEIGHT = 190;
const LEFT = 48;
const BOTTOM = 24;
const TOP = 8;
const RIGHT = 10;

/** The objective against one parameter, a point per trial. */
export function parameterChart(result: TuneResult, name: string, metric: string): Html {
  const { trials, best } = result;
  const x = parameterAxis(result.parameters[name]!, [LEFT, WIDTH - RIGHT]);
  const y = linearScale(
    trials.map(valueOf).filter((value) => value !== undefined),
    [HEIGHT - BOTTOM, TOP],
    4,
  );
  const at = (value: number) => value.toFixed(1);
  return html`<svg
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    width="100%"
    role="img"
    aria-label="${metric} against ${name}, a point per trial"
  >
    ${valueGrid(y, { left: LEFT, right: WIDTH - RIGHT })}
    ${x.ticks.map(
      (tick) =>
        html`<text x="${at(tick.at)}" y="${HEIGHT - 6}" text-anchor="middle">${tick.label}</text>`,
    )}
    ${trials.map((trial) => {
      const value = valueOf(trial);
      const isBest = trial.setting === best?.setting && trial.rung === best.rung;
      return (
        value !== undefined &&
        html`<circle
          class="trial"
          style="fill:${rungColour(trial.rung)}"
          cx="${at(x.at(trial.values[name]!))}"
          cy="${at(y.at(value))}"
          r="${isBest ? 6 : 3.5}"
          ><title>${metricValue(value)}: ${settingTitle(trial)}</title></circle
        >`
      );
    })}
  </svg>`;
}
