import type { MetricsLine } from "@atoll/node/results";
import { curveChart, type Curve } from "../charts/curves.ts";
import type { Facts } from "../facts.ts";
import { html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import type { Section } from "./section.ts";

/** Colours that the theme knows. */
const COLOURS = 8;
const VALID = "valid/";

/** Validation by round: one small chart per client, one line per method. */
export function learning(facts: Facts, lines: readonly MetricsLine[]): Section | undefined {
  const methods = facts.methods.filter((method) =>
    lines.some((line) => line.method === method && hasValidation(line)),
  );
  if (methods.length === 0) return undefined;
  const curvesOf = (client: string): Curve[] =>
    methods.map((name, i) => ({
      name: methodLabel(name),
      colour: 1 + (i % COLOURS),
      strong: name === facts.lead,
      points: meanByRound(
        lines.filter((line) => line.method === name),
        client,
      ),
    }));
  return {
    id: "learning",
    title: "How training went",
    content: html`<p class="lead">
        Validation value by round, mean over the seeds still training. Each client is scored at its
        own best round.
      </p>
      <div class="toggles">
        <fieldset class="legend">
          <legend class="sr">Methods shown</legend>
          ${methods.map(
            (name, i) =>
              html`<label
                ><input type="checkbox" class="t${i}" checked autocomplete="off" /><span
                  class="key"
                  style="background:var(--s${1 + (i % COLOURS)})"
                ></span
                >${methodLabel(name)}</label
              >`,
          )}
        </fieldset>
        <div class="panels-grid">
          ${facts.shown.map((client) => {
            const curves = curvesOf(client);
            return (
              curves.some(({ points }) => points.length > 0) &&
              html`<figure class="card">
                <h4>${client}</h4>
                ${curveChart(curves, `Validation by round for ${client}`)}
              </figure>`
            );
          })}
        </div>
      </div>`,
  };
}

function hasValidation(line: MetricsLine): boolean {
  return Object.keys(line.values).some((key) => key.startsWith(VALID));
}

function meanByRound(lines: readonly MetricsLine[], client: string): (readonly [number, number])[] {
  const byRound = new Map<number, number[]>();
  for (const { round, values } of lines) {
    const value = values[VALID + client];
    if (value !== undefined) byRound.set(round, [...(byRound.get(round) ?? []), value]);
  }
  return [...byRound]
    .sort((a, b) => a[0] - b[0])
    .map(([round, values]) => [
      round,
      values.reduce((sum, value) => sum + value, 0) / values.length,
    ]);
}
