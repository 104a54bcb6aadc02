import type { CoordinationResult } from "@atoll/node/results";
import { curveChart } from "../charts/curves.ts";
import { MISSING } from "../format.ts";
import { html, type Html } from "../html.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { switchOf } from "../widgets/switch.ts";
import type { CosinesOptions } from "./conflict-cosines.ts";
import { markets, matrixTable, palette } from "./client-keys.ts";
import { byGroup, partTitle } from "./model-parts.ts";

const SHADES = 5;
/** Weights that differ by less look the same. */
const ALIKE = 0.005;

/** Who receives from whom: the last round in numbers, and what each keeps of its own over rounds. */
export function weightsBlock(
  { clients, weights = {} }: CoordinationResult,
  { tasks, shown, name }: CosinesOptions,
): Html {
  const names = shown.map((place) => clients[place]!);
  const panels = distinct(weights, tasks).map(({ label, rounds }) => {
    const { round, rows } = rounds.at(-1)!;
    const matrix = shown.map((row) => shown.map((column) => rows[row]![column]!));
    const known = matrix.flat().filter((value) => value !== null);
    const [least, most] = [Math.min(...known), Math.max(...known)];
    const curves = shown.map((place, i) => ({
      name: clients[place]!,
      colour: palette(i),
      strong: false,
      points: rounds.flatMap((entry) => {
        const own = entry.rows[place]![place]!;
        return own === null ? [] : [[entry.round + 1, own] as const];
      }),
    }));
    return {
      label,
      content: html`${scrollTable(
        matrixTable(matrix, names, percent, (value) => shade(value, least, most)),
        {
          label: `Weights of ${label} in round ${round + 1}`,
          className: "shaded",
          caption: `Round ${round + 1}. A row is what one client receives; the columns say from whom. With equal weights every cell would be ${percent(1 / clients.length)}.`,
        },
      )}
      ${
        rounds.length > 1 &&
        html`<div class="block">
          ${markets(curves)}
          <figure class="card one-chart">
            <h4>Weight of a client itself in what it receives, by round</h4>
            ${curveChart(curves, `Weight of a client itself in ${label}, by round`)}
          </figure>
        </div>`
      }`,
    };
  });
  return html`<p>
      The deeper the shade, from the least to the most of the table, the more of a client's new
      state comes from there. A client whose row stands on the diagonal alone goes its own way;
      equal rows are a plain average.
    </p>
    ${switchOf(panels, { legend: "Which part of the model", name: `${name}-weights` })}`;
}

/** How much of the common direction each client takes, part by part. */
export function mixingBlock(
  { clients, mixing = {} }: CoordinationResult,
  { tasks, shown, name }: CosinesOptions,
): Html {
  const keys = shown.map((place, i) => ({ name: clients[place]!, colour: palette(i) }));
  const chart = (part: string) => {
    const { label } = partTitle(part, tasks);
    const curves = shown.map((place, i) => ({
      ...keys[i]!,
      strong: false,
      points: mixing[part]!.flatMap(({ round, values }) => {
        const value = values[place]!;
        return value === null ? [] : [[round + 1, value] as const];
      }),
    }));
    return html`<figure class="card">
      <h4>${label}</h4>
      ${curveChart(curves, `Mixing weight of ${label} by round, client by client`)}
    </figure>`;
  };
  return html`<p>
      The share of the common direction in what a client receives, learned round by round: 0 leaves
      it out, 1 takes it whole. A share that grows says that the client kept moving along the common
      direction.
    </p>
    ${markets(keys)}
    ${switchOf(
      [...byGroup(Object.keys(mixing))].map(([group, parts]) => ({
        label: group,
        content: html`<div class="panels-grid">${parts.map(chart)}</div>`,
      })),
      { legend: "Which part of the model", name: `${name}-mixing` },
    )}`;
}

/** Parts with the same weights in every round are shown once. */
function distinct(
  weights: NonNullable<CoordinationResult["weights"]>,
  tasks: readonly string[],
): { label: string; rounds: NonNullable<CoordinationResult["weights"]>[string] }[] {
  const found = new Map<string, string[]>();
  for (const names of byGroup(Object.keys(weights)).values())
    for (const name of names) {
      const key = JSON.stringify(weights[name]);
      found.set(key, [...(found.get(key) ?? []), name]);
    }
  return [...found.values()].map((names) => ({
    label: together(names, tasks),
    rounds: weights[names[0]!]!,
  }));
}

/** `Scenario factors of experts` for all of a group, else `Towers: click, layer 1 and 1 more`. */
function together(names: readonly string[], tasks: readonly string[]): string {
  const groups = [...byGroup(names)];
  return groups
    .map(([group, own]) => {
      if (group === "Towers") return towers(own, tasks);
      return own.length > 1 ? group : `${group}: ${partTitle(own[0]!, tasks).label}`;
    })
    .join("; ");
}

/** `Tower of click` where all names are layers of one task's tower. */
function towers(names: readonly string[], tasks: readonly string[]): string {
  const own = [
    ...new Set(names.map((name) => partTitle(name, tasks).label.replace(/, layer \d+$/, ""))),
  ];
  return own.length === 1 ? `Tower of ${own[0]}` : "Towers";
}

/** From the least to the most of a matrix; none where all is alike. */
function shade(value: number, least: number, most: number): string {
  if (most - least < ALIKE) return "";
  const depth = Math.ceil((SHADES * (value - least)) / (most - least));
  return depth > 0 ? `w${Math.min(SHADES, depth)}` : "";
}

function percent(share: number | undefined): string {
  return share === undefined ? MISSING : `${(100 * share).toFixed(1)}%`;
}
