import type { Chart, ChartData, ChartOption, ChartRows } from "../charts/chart.ts";
import { stillChart } from "../charts/still-chart.ts";
import { Html, html } from "../html.ts";
import type { Key } from "./key-list.ts";

export interface ChartChoice {
  /** What is chosen: `Method`. */
  readonly label: string;
  readonly values: readonly string[];
}

export interface ChartBlockOptions {
  /** Unique on the page: letters, digits, hyphens. */
  readonly id: string;
  /** What the picture shows and how it is read. */
  readonly caption?: Html | string;
  /** Charts by what the reader chooses; the first is the still picture. */
  readonly variants: ChartData["variants"];
  readonly choices?: readonly ChartChoice[];
  readonly rows?: ChartRows;
  /** Colours and what they stand for: names of series, which the reader may switch off. */
  readonly keys?: readonly Key[];
  /** Rows, keys or numbers that belong under the picture. */
  readonly below?: Html;
}

/** A chart that nobody chooses anything of. */
export function onlyChart(chart: Chart): ChartData["variants"] {
  return [{ of: [], chart }];
}

/**
 * A figure: a still picture with its summary in words and, as JSON, what the page's script needs to draw it live
 * with tooltips, choices, orders, a filter of rows and switches of series.
 */
export function chartBlock(options: ChartBlockOptions): Html {
  const { id, caption, variants, choices = [], rows, keys = [], below } = options;
  const first = variants[0]!.chart;
  return html`<figure class="chart card" id="chart-${id}">
    ${caption !== undefined && html`<figcaption>${caption}</figcaption>`} ${controls(choices, rows)}
    ${keys.length > 0 && toggles(keys)}
    <div class="picture" role="img" aria-label="${first.summary}">
      ${stillChart(first, `chart-${id}`)}
    </div>
    ${below}
    <p class="summary">${first.summary}</p>
    <script type="application/json">
      ${jsonInScript({ ...sharedOut(variants), rows })}
    </script>
  </figure>`;
}

/** What all variants' options have in common stands once. */
function sharedOut(variants: ChartData["variants"]): Pick<ChartData, "shared" | "variants"> {
  const [first, ...others] = variants;
  if (first === undefined || others.length === 0) return { variants };
  const shared = Object.fromEntries(
    Object.entries(first.chart.option).filter(([key, value]) => {
      const text = JSON.stringify(value);
      return others.every(({ chart }) => JSON.stringify(chart.option[key]) === text);
    }),
  );
  const own = (option: ChartOption) =>
    Object.fromEntries(Object.entries(option).filter(([key]) => !Object.hasOwn(shared, key)));
  return {
    shared,
    variants: variants.map(({ of, chart }) => ({
      of,
      chart: { ...chart, option: own(chart.option) },
    })),
  };
}

function controls(choices: readonly ChartChoice[], rows: ChartRows | undefined): Html | undefined {
  const several = choices.filter(({ values }) => values.length > 1);
  if (several.length === 0 && rows === undefined) return undefined;
  const options = (values: readonly (readonly [value: string, text: string])[]) =>
    values.map(([value, text]) => html`<option value="${value}">${text}</option>`);
  return html`<div class="controls">
    ${choices.map(
      ({ label, values }) =>
        html`<label${values.length < 2 && html` hidden`}
          ><span>${label}</span
          ><select class="choice" autocomplete="off">
            ${options(values.map((value) => [value, value] as const))}
          </select></label
        >`,
    )}
    ${
      rows !== undefined &&
      html`<label
          ><span>Order</span
          ><select class="order" autocomplete="off">
            ${options([
              ["", "as in the experiment"],
              ...(rows.value === undefined ? [] : [["value", `by ${rows.value}`] as const]),
              ["name", "by name"],
              ...Object.keys(rows.orders).map((name) => [name, `by ${name}`] as const),
            ])}
          </select></label
        ><label
          ><span>Filter ${rows.noun}</span
          ><input
            class="filter"
            type="search"
            autocomplete="off"
            placeholder="part of a name" /></label
        ><output aria-live="polite"
          >${rows.names.length} of ${rows.names.length} ${rows.noun}</output
        >`
    }
  </div>`;
}

function toggles(keys: readonly Key[]): Html {
  return html`<fieldset class="legend">
    <legend class="sr">Lines shown</legend>
    ${keys.map(
      ({ name, colour, dashes }) =>
        html`<label
          ><input
            class="toggle"
            type="checkbox"
            value="${name}"
            checked
            autocomplete="off"
          />${swatch(colour, dashes)}${name}</label
        >`,
    )}
  </fieldset>`;
}

/** A patch of colour, or a piece of a line with its dashes. */
function swatch(colour: number, dashes: readonly number[] | undefined): Html {
  if (dashes === undefined)
    return html`<span class="key" style="background:var(--s${colour})"></span>`;
  return html`<svg width="26" height="8" viewBox="0 0 26 8" aria-hidden="true">
    <line
      x2="26"
      y1="4"
      y2="4"
      stroke-width="2.5"
      style="stroke:var(--s${colour})"
      stroke-dasharray="${dashes.join(" ")}"
    />
  </svg>`;
}

/** JSON that no text in it can end: a script element closes at the first `</script`, whatever it holds. */
export function jsonInScript(value: unknown): Html {
  return new Html(
    JSON.stringify(value).replaceAll(
      /[<>&\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  );
}
