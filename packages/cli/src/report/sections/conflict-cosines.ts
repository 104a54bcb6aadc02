import type { CoordinationResult } from "@atoll/node/results";
import { curveChart } from "../charts/curves.ts";
import { COSINE_STEPS, matrixChart, type SignedMatrix } from "../charts/matrix.ts";
import { list, signed } from "../format.ts";
import { html, type Html } from "../html.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { switchOf } from "../widgets/switch.ts";
import { byGroup, partTitle } from "./model-parts.ts";
import { markets, matrixTable, palette } from "./client-keys.ts";

type Rounds = NonNullable<CoordinationResult["cosines"]>[string];

export interface CosinesOptions {
  readonly tasks: readonly string[];
  /** Places of the clients that the page shows. */
  readonly shown: readonly number[];
  /** Unique on the page. */
  readonly name: string;
}

/** Pairwise cosines of updates, part by part: three rounds as matrices, the mean over pairs as lines. */
export function cosinesBlock(
  { clients, cosines = {} }: CoordinationResult,
  { tasks, shown, name }: CosinesOptions,
): Html {
  const names = shown.map((place) => clients[place]!);
  const panels = [...byGroup(Object.keys(cosines))].map(([group, ofGroup]) => {
    const parts = ofGroup.map((part) => ({
      label: partTitle(part, tasks).label,
      rounds: cosines[part]!,
    }));
    return {
      label: group,
      content: html`<div class="multiples">
          ${parts.map(({ label, rounds }) => threeRounds(label, rounds, shown, names))}
        </div>
        ${meanLines(parts)} ${lastNumbers(parts, shown, names)}`,
    };
  });
  return html`<p>
      Each square is a pair of clients, rows and columns in the order ${list(names)}: the cosine of
      their updates in one round. Above 0 both would move the part the same way; below 0 each undoes
      what the other does. Cosines near 0 late in training are noise, not conflict: compare with a
      control split, in which clients do not differ.
    </p>
    ${steps()} ${switchOf(panels, { legend: "Which part of the model", name: `${name}-cosines` })}`;
}

/** Matrices of the first, the middle and the last round. */
function threeRounds(
  label: string,
  rounds: Rounds,
  shown: readonly number[],
  names: readonly string[],
): Html {
  const places = [...new Set([0, Math.floor((rounds.length - 1) / 2), rounds.length - 1])];
  return html`<figure class="card">
    <h4>${label}</h4>
    <div class="rounds">
      ${places.map((place) => {
        const { round, rows } = rounds[place]!;
        const matrix = chosen(rows, shown);
        return html`<div>
          ${matrixChart(matrix, `${label}, round ${round + 1}: ${inWords(matrix, names)}`)}
          <span>round ${round + 1}</span>
        </div>`;
      })}
    </div>
  </figure>`;
}

function meanLines(
  parts: readonly { readonly label: string; readonly rounds: Rounds }[],
): Html | undefined {
  const curves = parts.map(({ label, rounds }, i) => ({
    name: label,
    colour: palette(i),
    strong: false,
    points: rounds.flatMap(({ round, rows }) => {
      const value = meanOfPairs(rows);
      return value === undefined ? [] : [[round + 1, value] as const];
    }),
  }));
  if (curves.every(({ points }) => points.length < 2)) return undefined;
  return html`${markets(curves)}
    <figure class="card one-chart">
      <h4>Mean cosine over pairs, by round</h4>
      ${curveChart(curves, "Mean cosine over all pairs of clients, by round")}
    </figure>`;
}

/** The last round in numbers, folded away. */
function lastNumbers(
  parts: readonly { readonly label: string; readonly rounds: Rounds }[],
  shown: readonly number[],
  names: readonly string[],
): Html {
  return html`<details>
    <summary>The last round in numbers</summary>
    ${parts.map(({ label, rounds }) => {
      const { round, rows } = rounds.at(-1)!;
      return html`<h4>${label}, round ${round + 1}</h4>
        ${scrollTable(
          matrixTable(chosen(rows, shown), names, (value) => signed(value, 2)),
          { label: `Cosines of ${label}` },
        )}`;
    })}
  </details>`;
}

/** `mean cosine −0.05, the lowest −0.33 between coupons and home`. */
function inWords(matrix: SignedMatrix, names: readonly string[]): string {
  const mean = meanOfPairs(matrix);
  if (mean === undefined) return "no pair of clients";
  const pairs = matrix.flatMap((row, k) =>
    row.flatMap((value, j) => (j > k && value !== null ? [{ value, k, j }] : [])),
  );
  const lowest = pairs.reduce((least, pair) => (pair.value < least.value ? pair : least));
  return `mean cosine ${signed(mean, 2)}, the lowest ${signed(lowest.value, 2)} between ${names[lowest.k]} and ${names[lowest.j]}`;
}

function meanOfPairs(rows: SignedMatrix): number | undefined {
  const values = rows.flatMap((row, k) => row.filter((value, j) => j > k && value !== null));
  if (values.length === 0) return undefined;
  return values.reduce((sum: number, value) => sum + value!, 0) / values.length;
}

function chosen(rows: SignedMatrix, places: readonly number[]): (number | null)[][] {
  return places.map((row) => places.map((column) => rows[row]![column]!));
}

/** What the shades mean. */
function steps(): Html {
  const [none, , middle, , most] = COSINE_STEPS;
  return html`<ul class="steps">
    <li><span class="key p"></span>over ${most}</li>
    <li><span class="key p d3"></span>${middle}</li>
    <li><span class="key zero-key"></span>within ${none} of 0</li>
    <li><span class="key n d3"></span>${signed(-middle, 1)}</li>
    <li><span class="key n"></span>under ${signed(-most, 2)}</li>
    <li><span class="key itself"></span>the client itself</li>
  </ul>`;
}
