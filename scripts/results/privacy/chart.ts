import {
  utilityChart,
  type UtilitySeries,
} from "../../../packages/cli/src/report/charts/utility-epsilon.ts";
import { html, type Html } from "../../../packages/cli/src/report/html.ts";

const WIDTH = 560;
const CHART = 290;
const LINE = 20;
const TOP = 12;

/** Colours of the report's light theme, on white: a picture in Markdown does not know the reader's scheme. */
const STYLE = `svg{--line:#dde2e4;--muted:#53616c;--s1:#1561a8;--s2:#c2560f;--s3:#0a8067;--s4:#8a4aa6;--s5:#98710a;--s6:#b23a6a}
text{fill:#15222c;font:12px system-ui,sans-serif}.grid{stroke:#dde2e4}
.curve{fill:none;stroke-width:1.75}.own-whisker{stroke:var(--own);stroke-width:2}.own-dot{fill:var(--own)}`;

/** A chart of the report with a legend, as a file that stands by itself. */
export function standalone(
  keys: readonly { readonly name: string; readonly colour: number }[],
  chart: Html,
): string {
  const chartTop = TOP + keys.length * LINE;
  const height = chartTop + CHART;
  const { markup } = html`<svg
    xmlns="http://www.w3.org/2000/svg"
    viewBox="0 0 ${WIDTH} ${height}"
    width="${WIDTH}"
    height="${height}"
  >
    <style>
      ${STYLE}
    </style>
    <rect width="${WIDTH}" height="${height}" fill="#fff" />
    ${keys.map(
      ({ name, colour }, i) =>
        html`<circle cx="72" cy="${TOP + i * LINE + 6}" r="5" style="fill:var(--s${colour})" />
          <text x="84" y="${TOP + i * LINE + 10}">${name}</text>`,
    )}
    <svg y="${chartTop}" width="${WIDTH}" height="${CHART}">${chart}</svg>
  </svg>`;
  return `${markup.replaceAll(/\n\s*/g, "\n")}\n`;
}

/** The report's chart of utility against epsilon. */
export const utilitySvg = (series: readonly UtilitySeries[], metric: string): string =>
  standalone(series, utilityChart(series, metric));
